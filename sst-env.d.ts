/* What the functions are linked to. SST writes this file anew whenever it runs a stack. */
declare module "sst" {
  export interface Resource {
    DataLake: { name: string; type: "sst.aws.Bucket" };
    DeadLetterQueue: { type: "sst.aws.Queue"; url: string };
    LoteQueue: { type: "sst.aws.Queue"; url: string };
    TmdbToken: { type: "sst.sst.Secret"; value: string };
  }
}

import "sst";
