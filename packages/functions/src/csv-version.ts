import type { CsvVersion } from "@lotes/core";
import type { S3EventRecord } from "aws-lambda";

/** The version of the CSV that an S3 event tells of. Events have keys as in the query of a URL: `+` is a space. */
export function csvVersionOf({ s3: { bucket, object } }: S3EventRecord): CsvVersion {
  return {
    bucket: bucket.name,
    key: decodeURIComponent(object.key.replaceAll("+", " ")),
    etag: object.eTag,
    size: object.size,
    sequencer: object.sequencer,
  };
}
