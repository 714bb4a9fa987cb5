import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sampleCsv } from "@lotes/local/sample/sample-csv";

/** Writes the sample to stdout. */
export async function sample(options: { readonly rows: number; readonly seed: number }): Promise<void> {
  await pipeline(Readable.from(sampleCsv(options)), process.stdout);
}
