import { hash } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import csvParser from "csv-parser";
import { DistinctIds } from "./distinct-ids.ts";
import { ENDS_OF_LINES, openCsv } from "./header.ts";
import { ID_COLUMN, type MovieFilter, predicatesOf, REQUIRED_COLUMNS } from "./movies.ts";
import { type Predicates, passes, type Row, unreadableNumber } from "./predicates.ts";
import { RowSieve } from "./row-sieve.ts";
import { SEPARATOR } from "./separators.ts";

export interface Selection {
  /** Rows read, malformed ones included; the header and empty lines are none. */
  readonly rows: number;
  /** Rows with more or fewer columns than the header. */
  readonly malformed: OddRows;
  /** Rows whose year or votes are neither a number nor unknown. They don't pass. */
  readonly unreadable: OddRows;
  /** What is odd about the first of each. */
  readonly firstMalformed?: string | undefined;
  readonly firstUnreadable?: string | undefined;
  /** The distinct ids of the selected rows, without the space around them, in the order first seen. */
  readonly ids: readonly string[];
}

/** A selection whose ids take a third of the memory. */
export interface CompactSelection extends Omit<Selection, "ids"> {
  readonly ids: DistinctIds;
}

/** Rows that are counted, since something is wrong with them. */
export interface OddRows {
  readonly count: number;
  /** The first ten line numbers, the header being line 1. */
  readonly first_lines: readonly number[];
}

/** A row that passes the filter. */
export interface SelectedRow {
  readonly id: string;
  /** The header is line 1. */
  readonly line: number;
  /** What the filter has judged by, by the names of the columns. */
  readonly cells: Readonly<Record<string, string>>;
}

const LINES_SHOWN = 10;
const LONGEST_EXCERPT = 40;

// An id of the real file has 9 or 10 characters. What is longer is no id, and only its beginning is kept to say so:
// a hundred of them must fit into one SQS message.
const LONGEST_ID = 64;
const BEGINNING_KEPT = 44;
const HASH_DIGITS = 16;

/** A row as the sieve hands it on, its line's number first. */
type NumberedRow = Row & { readonly line: string };

/** Counts rows that something is wrong with. */
class OddRowCount {
  #count = 0;
  readonly #lines: number[] = [];
  /** What is wrong with the first. */
  first: string | undefined;

  /** @param why asked only for the first */
  add({ line }: NumberedRow, why: () => string): void {
    if (this.#count++ === 0) this.first = why();
    if (this.#lines.length < LINES_SHOWN) this.#lines.push(Number(line));
  }

  rows(): OddRows {
    return { count: this.#count, first_lines: this.#lines };
  }
}

/** What the rows parsed so far amount to. */
class Tally {
  rows = 0;
  readonly malformed = new OddRowCount();
  readonly unreadable = new OddRowCount();
  readonly ids = new DistinctIds();
  readonly #onSelected: ((row: SelectedRow) => void) | undefined;

  constructor(onSelected: ((row: SelectedRow) => void) | undefined) {
    this.#onSelected = onSelected;
  }

  /** @param columns of the header */
  add(row: NumberedRow, columns: number, predicates: Predicates): void {
    this.rows++;
    if (Object.keys(row).length !== 1 + columns) {
      this.malformed.add(row, () => oddColumns(row, columns));
      return;
    }
    const unreadable = unreadableNumber(row, predicates);
    if (unreadable) this.unreadable.add(row, () => `${unreadable.column} ${excerpt(unreadable.cell)}`);
    else if (passes(row, predicates)) this.#select(row);
  }

  #select(row: NumberedRow): void {
    const id = bounded(row[ID_COLUMN]?.trim() ?? "");
    this.ids.add(id);
    if (this.#onSelected === undefined) return;
    const cells = Object.fromEntries(REQUIRED_COLUMNS.map((column) => [column, row[column] ?? ""]));
    this.#onSelected({ id, line: Number(row.line), cells });
  }
}

/** What is odd about the columns of a row. */
function oddColumns(row: NumberedRow, columns: number): string {
  const cells = Object.values(row).slice(1);
  const counted = `it has ${cells.length} instead of ${columns}`;
  const isSeveralRows = cells.some((cell) => cell.includes("\r"));
  return isSeveralRows ? `${counted}, and carriage returns in it: ${ENDS_OF_LINES}` : counted;
}

/** A cell as it can be shown in a line of text. */
function excerpt(cell: string): string {
  return JSON.stringify(cell.length > LONGEST_EXCERPT ? `${cell.slice(0, LONGEST_EXCERPT)}…` : cell);
}

/** An id of bounded length. A hash keeps a cut id different from every other. */
function bounded(id: string): string {
  if (id.length <= LONGEST_ID) return id;
  const digits = hash("sha256", id).slice(0, HASH_DIGITS);
  return `${id.slice(0, BEGINNING_KEPT).toWellFormed()}…${digits}`;
}

/** Does the same as {@link selectCompactly}, with the ids as plain texts. */
export async function selectIds(...args: Parameters<typeof selectCompactly>): Promise<Selection> {
  const selection = await selectCompactly(...args);
  return { ...selection, ids: [...selection.ids] };
}

/**
 * Streams a movies.csv and selects the ids of the movies that pass the filter. Memory does not grow with the file, but for the ids.
 * @param source the file's chunks; each is done with before the next one is asked for
 * @param onSelected is called with each row that passes
 * @throws {UnusableCsvError} when the file is empty, not text, or lacks a required column.
 */
export async function selectCompactly(
  source: AsyncIterable<Uint8Array>,
  filter: MovieFilter,
  onSelected?: (row: SelectedRow) => void,
): Promise<CompactSelection> {
  const { columns, body } = await openCsv(source);
  const predicates = predicatesOf(filter);
  const sieve = new RowSieve(columns, predicates);
  const parser = csvParser({
    separator: SEPARATOR,
    // Quotes are part of the titles. Were they taken as quoting, a stray one would swallow every row up to the next.
    quote: "",
    // A column that is not read is named by its position. So no column hides another one of the same name.
    headers: [
      "line",
      ...columns.map((column, index) => (REQUIRED_COLUMNS.includes(column) ? column : `column ${index}`)),
    ],
  });
  const tally = new Tally(onSelected);
  const judge = new Writable({
    objectMode: true,
    write(row: NumberedRow, _encoding, done) {
      tally.add(row, columns.length, predicates);
      done();
    },
  });
  await pipeline(Readable.from(sieve.sift(body), { objectMode: false }), parser, judge);
  const { rows, malformed, unreadable, ids } = tally;
  return {
    rows: sieve.sortedOut + rows,
    malformed: malformed.rows(),
    unreadable: unreadable.rows(),
    firstMalformed: malformed.first,
    firstUnreadable: unreadable.first,
    ids,
  };
}
