import { createReadStream, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { LONGEST_HEADER_BYTES, type MovieFilter, selectIds } from "@lotes/core";
import { DEFAULT_SEED, START_ROWS } from "./sample-defaults.ts";
import { usable } from "./usable.ts";
import { UserError } from "./user-error.ts";

/** Of the rows only the first few are looked at: the header and its columns are what can be wrong with a whole file. */
const LOOK_BYTES = 2 * LONGEST_HEADER_BYTES;

export interface Csv {
  readonly stream: Readable;
  /** Undefined for the sample, which is made on the way. */
  readonly bytes: number | undefined;
}

/**
 * @param path undefined for the sample
 * @throws {UserError} when there is no such file
 */
export async function openCsv(path: string | undefined): Promise<Csv> {
  if (path === undefined) {
    const { sampleCsv } = await import("@lotes/local/sample/sample-csv");
    return { stream: Readable.from(sampleCsv({ rows: START_ROWS, seed: DEFAULT_SEED })), bytes: undefined };
  }
  const bytes = await csvBytes(path);
  // Opened at once: later, nobody would be there to hear that it can't be read, and the file may be gone.
  return { bytes, stream: createReadStream(path, { fd: openSync(path, "r") }) };
}

/**
 * How large a CSV is.
 * @throws {UserError} when there is no such file
 */
export async function csvBytes(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!found?.isFile()) {
    const what = found ? " is not a file" : ": no such file";
    throw new UserError(`${path}${what}; give the path of a movies.csv`, { code: "no_such_file" });
  }
  return found.size;
}

/**
 * Looks at the beginning of a file before it is uploaded.
 * @throws {UserError} when the producer would reject it
 */
export async function assertUsable(path: string, filter: MovieFilter): Promise<void> {
  await usable(path, () => selectIds(createReadStream(path, { end: LOOK_BYTES - 1 }), filter));
}
