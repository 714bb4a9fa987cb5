import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sampleCsv } from "@lotes/local/sample/sample-csv";

/** Writes the sample to stdout. A reader that has had enough, such as `head`, is no error. */
export async function sample(options: { readonly rows: number; readonly seed: number }): Promise<void> {
  try {
    await pipeline(Readable.from(sampleCsv(options)), process.stdout);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}
