import { Readable } from "node:stream";
import csvParser from "csv-parser";
import type { MovieFilter } from "../settings.ts";
import { fromWholeHeader, UnusableCsvError } from "./header.ts";
import { type MovieRow, passes, REQUIRED_COLUMNS } from "./movie-filter.ts";

export interface Selection {
  /** Rows read, malformed ones included; the header and empty lines are none. */
  readonly rows: number;
  /** Rows with more or fewer columns than the header. */
  readonly malformed: MalformedRows;
  /** The distinct ids of the selected rows, in the order first seen. */
  readonly ids: readonly string[];
}

export interface MalformedRows {
  readonly count: number;
  /** The first ten line numbers, the header being line 1. */
  readonly first_lines: readonly number[];
}

const LINES_SHOWN = 10;

// The longest row of the real file has some 1,000 bytes. Without a bound, a binary file with no line end would be collected whole.
const LONGEST_ROW_BYTES = 1024 * 1024;

// An id of the real file has 9 or 10 characters. What is longer is no id, and only its beginning is kept to say so:
// a hundred of them must fit into one SQS message.
const LONGEST_ID = 64;

/** What the rows read so far amount to. */
class Tally {
  rows = 0;
  /** Of the last line read; the header is line 1. */
  line = 1;
  malformed = 0;
  readonly malformedLines: number[] = [];
  readonly ids = new Set<string>();

  add(row: MovieRow, columns: number, filter: MovieFilter): void {
    this.line++;
    const cells = Object.keys(row).length;
    // An empty line.
    if (cells === 0) return;
    this.rows++;
    if (cells !== columns) {
      this.malformed++;
      if (this.malformedLines.length < LINES_SHOWN) this.malformedLines.push(this.line);
    } else if (passes(row, filter)) {
      this.ids.add(row.id.length > LONGEST_ID ? `${row.id.slice(0, LONGEST_ID)}…` : row.id);
    }
  }
}

/**
 * Streams a movies.csv and selects the ids of the movies that pass the filter. Memory does not grow with the file, but for the ids.
 * @throws {UnusableCsvError} when the file is empty, not text, or lacks a required column.
 */
export async function selectIds(source: AsyncIterable<Uint8Array>, filter: MovieFilter): Promise<Selection> {
  let columns = 0;
  const parser = csvParser({
    separator: "|",
    // Quotes are part of the titles. Were they taken as quoting, a stray one would swallow every row up to the next.
    quote: "",
    maxRowBytes: LONGEST_ROW_BYTES,
    // Columns that are not read get a name from their position, so that none of them, whatever it is called, hides another.
    mapHeaders: ({ header, index }) => (isRequired(header.trim()) ? header.trim() : `column ${index}`),
  });
  parser.once("headers", (headers: string[]) => {
    columns = headers.length;
    const problem = problemOf(headers);
    if (problem) parser.destroy(new UnusableCsvError(problem));
  });
  const input = Readable.from(fromWholeHeader(source), { objectMode: false });
  input.once("error", (error) => parser.destroy(error));

  const tally = new Tally();
  try {
    for await (const row of input.pipe(parser) as AsyncIterable<MovieRow>) tally.add(row, columns, filter);
  } catch (error) {
    // csv-parser has no class for this one.
    if (error instanceof Error && error.message === "Row exceeds the maximum size") {
      throw new UnusableCsvError("it has a line of more than 1 MiB; is it a CSV?", { cause: error });
    }
    throw error;
  } finally {
    input.destroy();
  }
  const { rows, malformed, malformedLines, ids } = tally;
  return { rows, malformed: { count: malformed, first_lines: malformedLines }, ids: [...ids] };
}

function isRequired(column: string): boolean {
  return (REQUIRED_COLUMNS as readonly string[]).includes(column);
}

function problemOf(headers: readonly string[]): string | undefined {
  const missing = REQUIRED_COLUMNS.filter((column) => !headers.includes(column));
  if (missing.length > 0) {
    return `the header has no column ${missing.join(", ")}; columns are separated by | and found by these names: ${REQUIRED_COLUMNS.join(", ")}`;
  }
  const twice = REQUIRED_COLUMNS.filter((column) => headers.indexOf(column) !== headers.lastIndexOf(column));
  return twice.length > 0 ? `the header names the column ${twice.join(", ")} twice; name it once` : undefined;
}
