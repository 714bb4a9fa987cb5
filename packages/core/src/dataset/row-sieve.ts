import { ENDS_OF_LINES, UnusableCsvError } from "./header.ts";
import { areDigits, DOUBTFUL, plainNumber } from "./plain-number.ts";
import type { Above, Predicates } from "./predicates.ts";
import { countSeparators, LINE_FEED, nextSeparator, SEPARATOR, skipColumns } from "./separators.ts";

// The longest row of the real file has some 1,000 bytes. Without a bound, a binary file with no line end would be collected whole.
const LONGEST_ROW_BYTES = 1024 * 1024;

// Rows that are handed on at once. The parser makes an object of each before the first one is used, and a chunk has up to 300,000 rows.
const ROWS_AT_ONCE = 200;

const CARRIAGE_RETURN = 0x0d;
const BAR = SEPARATOR.charCodeAt(0);

/**
 * Sorts out the rows that certainly don't pass the filter by looking at their bytes, which takes a tenth of the time of parsing them.
 * Whatever leaves any doubt (a malformed row, a number that is not just digits) is handed on to the parser, the one judge of the rows.
 */
export class RowSieve {
  /** Rows sorted out so far; empty lines are none. */
  sortedOut = 0;
  /** The number of the last line that was looked at. The header is line 1. */
  #line = 1;
  readonly #columns: number;
  /** Two columns hold numbers: the place of the latter one, and how many columns before it the former one stands. */
  readonly #latter: number;
  readonly #gap: number;
  readonly #formerBound: number;
  readonly #latterBound: number;
  /** Where the column with the text stands, and what it may contain. */
  readonly #text: number;
  readonly #anyOf: readonly string[];

  /** @param columns of the header, the predicates' among them */
  constructor(columns: readonly string[], { above, contains }: Predicates) {
    const placeOf = ({ column }: Pick<Above, "column">) => columns.indexOf(column);
    const [former, latter] = above.toSorted((a, b) => placeOf(a) - placeOf(b)) as [Above, Above];
    this.#columns = columns.length;
    this.#latter = placeOf(latter);
    this.#gap = placeOf(latter) - placeOf(former);
    this.#formerBound = former.bound;
    this.#latterBound = latter.bound;
    this.#text = placeOf(contains);
    this.#anyOf = contains.anyOf;
  }

  /**
   * @param body the bytes after the header; each chunk is done with before the next one is asked for
   * @returns the lines to parse, each with its number in the file and a separator before it
   * @throws {UnusableCsvError} when a line does not end
   */
  async *sift(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let begun: Buffer = Buffer.alloc(0);
    for await (const chunk of body) {
      // The line that was begun in an earlier chunk comes first. Copies are made since a chunk's memory is used again.
      const firstEnd = begun.length > 0 ? chunk.indexOf(LINE_FEED) + 1 : 0;
      if (begun.length > 0 && firstEnd === 0) {
        begun = Buffer.concat([begun, chunk]);
      } else {
        if (firstEnd > 0) yield* this.#sifted(Buffer.concat([begun, chunk.subarray(0, firstEnd)]));
        const others = chunk.subarray(firstEnd);
        begun = Buffer.from(others.subarray(yield* this.#sifted(others)));
      }
      if (begun.length > LONGEST_ROW_BYTES) throw tooLong(begun);
    }
    if (begun.length > 0) yield* this.#sifted(Buffer.concat([begun, Buffer.of(LINE_FEED)]));
  }

  /** Hands on the lines to parse, and returns where the last line ends. */
  *#sifted(bytes: Buffer): Generator<Buffer, number> {
    for (let at = 0; ; ) {
      const kept: Buffer[] = [];
      at += this.#siftLines(bytes.subarray(at), kept);
      if (kept.length > 0) yield Buffer.concat(kept);
      if (!isFull(kept)) return at;
    }
  }

  /** Looks at each line that ends within the bytes, until enough are kept, and returns where the last one ends. */
  #siftLines(bytes: Buffer, kept: Buffer[]): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Local variables, since each change of a field is a write to memory.
    let line = this.#line;
    let sortedOut = 0;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0 && !isFull(kept); end = bytes.indexOf(LINE_FEED, start)) {
      line++;
      if (end - start > LONGEST_ROW_BYTES) throw tooLong(bytes.subarray(start, end - 1));
      const last = end > start && view.getUint8(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
      if (last > start) {
        if (this.#mayMatter(bytes, view, start, last)) {
          kept.push(Buffer.from(`${line}${SEPARATOR}`), bytes.subarray(start, end + 1));
        } else {
          sortedOut++;
        }
      }
      start = end + 1;
    }
    this.#line = line;
    this.sortedOut += sortedOut;
    return start;
  }

  /** Whether the parser has to see the row: since it may pass, or since it is to be counted as one that can't be read. */
  #mayMatter(bytes: Buffer, view: DataView, start: number, end: number): boolean {
    const latter = this.#latter;
    const gap = this.#gap;
    let formerAt = start;
    let latterAt = start;
    for (let left = latter; left > 0 && latterAt <= end; left--) {
      if (left === gap) formerAt = latterAt;
      latterAt = nextSeparator(view, latterAt, end) + 1;
    }
    // The parser counts malformed rows, and rows with a number that can't be read. So both are looked for in every row.
    if (latterAt > end || latter + countSeparators(view, latterAt, end) !== this.#columns - 1) return true;
    const isFourDigits =
      formerAt + 4 < end && view.getUint8(formerAt + 4) === BAR && areDigits(view.getInt32(formerAt, true));
    const number = plainNumber(view, latterAt, end);
    // Nineteen rows of twenty: a year of four digits, and too few votes behind it.
    if (isFourDigits && number <= this.#latterBound && number !== DOUBTFUL) return false;
    return this.#mayMatterAllTheSame(bytes, view, start, formerAt, number, end);
  }

  /** The rest of the check. It is apart so that the engine compiles what every row goes through as one piece. */
  #mayMatterAllTheSame(
    bytes: Buffer,
    view: DataView,
    start: number,
    formerAt: number,
    latterNumber: number,
    end: number,
  ): boolean {
    const formerNumber = plainNumber(view, formerAt, end);
    if (formerNumber === DOUBTFUL || latterNumber === DOUBTFUL) return true;
    if (formerNumber <= this.#formerBound || latterNumber <= this.#latterBound) return false;
    return this.#mayContain(cellAt(bytes, view, skipColumns(view, start, end, this.#text), end));
  }

  #mayContain(text: string): boolean {
    // A letter beyond ASCII has more than one byte. The parser decides about such a text.
    if (!isAscii(text)) return true;
    const lower = text.toLowerCase();
    return this.#anyOf.some((wanted) => lower.includes(wanted));
  }
}

/** Whether as many rows are kept as are handed on at once: each has two pieces, its number and its line. */
function isFull(kept: readonly Buffer[]): boolean {
  return kept.length >= 2 * ROWS_AT_ONCE;
}

function tooLong(line: Buffer): UnusableCsvError {
  const why = line.includes(CARRIAGE_RETURN) ? `it holds carriage returns: ${ENDS_OF_LINES}` : "is it a CSV?";
  return new UnusableCsvError(`it has a line of more than 1 MiB; ${why}`);
}

/** A cell's text, a character for each byte. */
function cellAt(bytes: Buffer, view: DataView, start: number, end: number): string {
  return bytes.toString("latin1", start, skipColumns(view, start, end, 1) - 1);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
