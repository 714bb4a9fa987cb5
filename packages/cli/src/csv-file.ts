import { createReadStream, openSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import {
  type Acceptance,
  fileChunks,
  filterIn,
  type MovieFilter,
  type RunFile,
  rejectionOf,
  type SelectedRow,
  type Selection,
  selectIds,
  type UnselectedRow,
  UnusableCsvError,
  unselectedRows,
} from "@lotes/core";
import { DEFAULT_SEED, START_ROWS } from "./sample-defaults.ts";
import { UserError } from "./user-error.ts";

export interface Csv {
  readonly stream: Readable;
  /** Undefined for the sample, which is made on the way. */
  readonly bytes: number | undefined;
  /** Whether the producer is to use it, though too many of its rows are malformed. */
  readonly force?: boolean;
}

/**
 * @param path undefined for the sample
 * @param force whether the producer is to use it whatever is in it
 * @throws {UserError} when there is no such file
 */
export async function openCsv(path: string | undefined, force = false): Promise<Csv> {
  if (path === undefined) {
    const { sampleCsv } = await import("@lotes/local/sample/sample-csv");
    return { stream: Readable.from(sampleCsv({ rows: START_ROWS, seed: DEFAULT_SEED })), bytes: undefined, force };
  }
  const bytes = await csvBytes(path);
  // The file is opened at once, so that the caller gets the error if it can't be read.
  return { bytes, force, stream: createReadStream(path, { fd: openSync(path, "r") }) };
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
    throw new UserError(`${whyNoFile(path, found)}; give the path of a movies.csv`, { code: "no_such_file" });
  }
  return found.size;
}

function whyNoFile(path: string, found: Stats | undefined): string {
  if (found?.isFIFO()) return `${path} is a pipe, and the CSV is read more than once: write it to a file first`;
  if (found) return `${path} is not a file`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return `${path} is an address: download the file first`;
  return path === "" ? "the path is empty" : `${path}: no such file`;
}

/**
 * Reads and filters a file; a million rows take a third of a second.
 * @throws {UserError} when it can't be read as a CSV of movies
 */
export async function selectFromFile(
  path: string,
  filter: MovieFilter,
  onSelected?: (row: SelectedRow) => void,
): Promise<Selection> {
  try {
    return await selectIds(fileChunks(path), filter, onSelected);
  } catch (error) {
    throw error instanceof UnusableCsvError ? csvUnusable(path, error.message, error) : error;
  }
}

/**
 * The rows of a file that select an id.
 * @param filter of the run
 * @throws {UserError} when it can't be read as a CSV of movies
 */
export async function rowsSelecting(id: string, path: string, filter: RunFile["filter"]): Promise<SelectedRow[]> {
  await csvBytes(path);
  const rows: SelectedRow[] = [];
  await selectFromFile(path, filterIn(filter), (row) => {
    if (row.id === id) rows.push(row);
  });
  return rows;
}

/**
 * The rows of a file that have an id and do not select it.
 * @param filter of the run
 */
export function rowsNotSelecting(id: string, path: string, filter: RunFile["filter"]): Promise<UnselectedRow[]> {
  return unselectedRows(fileChunks(path), id, filterIn(filter));
}

/**
 * Reads a file before it is uploaded.
 * @returns the ids that it selects
 * @param force whether the producer will use whatever can be read at all
 * @throws {UserError} when the producer would reject it
 */
export async function assertUsable(path: string, acceptance: Acceptance, force: boolean): Promise<readonly string[]> {
  const selection = await selectFromFile(path, acceptance.filter);
  const rejection = rejectionOf(selection, acceptance);
  if (rejection !== undefined && !force) throw csvUnusable(path, rejection);
  return selection.ids;
}

/** @param reason why the producer would reject the CSV */
export function csvUnusable(path: string, reason: string, cause?: Error): UserError {
  return new UserError(`${path} can't be used: ${reason}`, { code: "csv_unusable", cause });
}
