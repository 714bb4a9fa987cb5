import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sampleCsv } from "@lotes/local";

/** Kept between the benches, for as long as the machine keeps such files. */
export const CACHE = path.join(tmpdir(), "lotes-bench");

/** A made movies.csv of so many rows, made when it is asked for the first time. */
export async function csvFile(rows: number): Promise<string> {
  const file = path.join(CACHE, `movies-${rows}.csv`);
  if (existsSync(file)) return file;
  await mkdir(CACHE, { recursive: true });
  await pipeline(Readable.from(sampleCsv({ rows, seed: 1 })), createWriteStream(`${file}.part`));
  await rename(`${file}.part`, file);
  return file;
}
