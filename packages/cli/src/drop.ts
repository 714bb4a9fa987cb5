import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { inputKey, type RunDate } from "@lotes/core";
import { type LocalServices, sampleCsv } from "@lotes/local";
import { DEFAULT_SEED, START_ROWS } from "./sample-defaults.ts";
import { UserError } from "./user-error.ts";

// Fits what the embedded S3 takes at once (11 MiB), and lets S3 itself take files of up to 80 GB (10,000 parts).
const PART_BYTES = 8 * 1024 * 1024;

/**
 * @param path undefined for the sample
 * @throws {UserError} when there is no such file
 */
export async function openCsv(path: string | undefined): Promise<Readable> {
  if (path === undefined) return Readable.from(sampleCsv({ rows: START_ROWS, seed: DEFAULT_SEED }));
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new UserError(`${path}: no such file; give the path of a movies.csv, or none for the sample`);
  if (!found.isFile()) throw new UserError(`${path} is not a file; give the path of a movies.csv`);
  return createReadStream(path);
}

/** Uploads the CSV to the date's input key, which is what starts everything. */
export async function drop(csv: Readable, date: RunDate, { bucket, clientConfig }: LocalServices): Promise<void> {
  const client = new S3Client(clientConfig);
  try {
    await new Upload({
      client,
      params: { Bucket: bucket, Key: inputKey(date), Body: csv, ContentType: "text/csv" },
      partSize: PART_BYTES,
    }).done();
  } finally {
    client.destroy();
  }
}
