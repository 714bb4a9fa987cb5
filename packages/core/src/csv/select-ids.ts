import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import csvParser from "csv-parser";
import type { MovieFilter } from "../settings.ts";
import { openCsv } from "./header.ts";
import { type MovieRow, passes, REQUIRED_COLUMNS } from "./movie-filter.ts";
import { RowSieve } from "./row-sieve.ts";
import { SEPARATOR } from "./separators.ts";

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

// An id of the real file has 9 or 10 characters. What is longer is no id, and only its beginning is kept to say so:
// a hundred of them must fit into one SQS message.
const LONGEST_ID = 64;

/** A row as the sieve hands it on, its line's number first. */
type NumberedRow = MovieRow & { readonly line: string };

/** What the rows parsed so far amount to. */
class Tally {
  rows = 0;
  malformed = 0;
  readonly malformedLines: number[] = [];
  readonly ids = new Set<string>();

  /** @param columns of the header */
  add(row: NumberedRow, columns: number, filter: MovieFilter): void {
    this.rows++;
    if (Object.keys(row).length !== 1 + columns) {
      this.malformed++;
      if (this.malformedLines.length < LINES_SHOWN) this.malformedLines.push(Number(row.line));
    } else if (passes(row, filter)) {
      this.ids.add(row.id.length > LONGEST_ID ? `${row.id.slice(0, LONGEST_ID)}…` : row.id);
    }
  }
}

/**
 * Streams a movies.csv and selects the ids of the movies that pass the filter. Memory does not grow with the file, but for the ids.
 * @param source the file's chunks; each is done with before the next one is asked for
 * @throws {UnusableCsvError} when the file is empty, not text, or lacks a required column.
 */
export async function selectIds(source: AsyncIterable<Uint8Array>, filter: MovieFilter): Promise<Selection> {
  const { columns, body } = await openCsv(source);
  const sieve = new RowSieve(columns, filter);
  const parser = csvParser({
    separator: SEPARATOR,
    // Quotes are part of the titles. Were they taken as quoting, a stray one would swallow every row up to the next.
    quote: "",
    // Columns that are not read get a name from their position, so that none of them, whatever it is called, hides another.
    headers: ["line", ...columns.map((column, index) => (isRequired(column) ? column : `column ${index}`))],
  });
  const tally = new Tally();
  await pipeline(Readable.from(sieve.sift(body), { objectMode: false }), parser, async (rows) => {
    for await (const row of rows as AsyncIterable<NumberedRow>) tally.add(row, columns.length, filter);
  });
  const { rows, malformed, malformedLines, ids } = tally;
  return {
    rows: sieve.sortedOut + rows,
    malformed: { count: malformed, first_lines: malformedLines },
    ids: [...ids],
  };
}

function isRequired(column: string): boolean {
  return (REQUIRED_COLUMNS as readonly string[]).includes(column);
}
