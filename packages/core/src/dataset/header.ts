import { isUtf8 } from "node:buffer";
import { REQUIRED_COLUMNS } from "./movies.ts";
import { LINE_FEED, SEPARATOR } from "./separators.ts";

/** The CSV can't be used at all. The message says why and what to do, in one line. */
export class UnusableCsvError extends Error {
  override readonly name = "UnusableCsvError";
}

/** A CSV whose header was read. */
export interface OpenedCsv {
  /** As they stand in the header, without the space around them; each required one is there once. */
  readonly columns: readonly string[];
  /** The bytes after the header line. Each chunk holds only until the next one is asked for. */
  readonly body: AsyncIterable<Buffer>;
}

/** The advice for a file with carriage returns in the middle of a line. */
export const ENDS_OF_LINES = "save it with lines that end in LF or CRLF";

// The real header has 173 bytes. A first line of 64 kB is no header, and there is no point in reading on to look for its end.
export const LONGEST_HEADER_BYTES = 64 * 1024;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads a CSV's header, less a byte order mark.
 * @param source its chunks; each is done with before the next one is asked for
 * @throws {UnusableCsvError} when the file is empty, its first line is no text, or a required column is missing
 */
export async function openCsv(source: AsyncIterable<Uint8Array>): Promise<OpenedCsv> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    let head: Buffer = Buffer.alloc(0);
    while (!head.includes(LINE_FEED) && head.length <= LONGEST_HEADER_BYTES) {
      // Copied only where the header goes on in the next chunk: this one's memory is used again by then.
      head = Buffer.from(head);
      const { done, value } = await chunks.next();
      if (done) break;
      head = head.length === 0 ? bufferOf(value) : Buffer.concat([head, value]);
    }
    const text = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
      ? head.subarray(BYTE_ORDER_MARK.length)
      : head;
    if (text.length === 0) throw new UnusableCsvError("it is empty; drop a CSV with a header line");
    const end = text.indexOf(LINE_FEED);
    const columns = columnsIn(end < 0 ? text : text.subarray(0, end));
    return { columns, body: rest(end < 0 ? Buffer.alloc(0) : text.subarray(end + 1), chunks) };
  } catch (error) {
    await chunks.return?.();
    throw error;
  }
}

// Quotation marks, also those that Excel and typesetters use.
const QUOTE = "[\"'`´‘’“”„«»]";
const QUOTES = "; it has names in quotes, which are a part of the name here: save it without quotes";

function isQuotedIn(header: string, column: string): boolean {
  return new RegExp(`${QUOTE}\\s*${column}\\s*${QUOTE}`).test(header);
}

async function* rest(first: Buffer, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  try {
    yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield bufferOf(next.value);
  } finally {
    await chunks.return?.();
  }
}

/** The same memory. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function columnsIn(header: Buffer): string[] {
  if (header.length > LONGEST_HEADER_BYTES) {
    throw new UnusableCsvError("it has no header: its first line does not end within 64 kB; is it a CSV?");
  }
  if (header.includes(0) || !isUtf8(header)) {
    throw new UnusableCsvError("it is not UTF-8 text; export it as CSV in UTF-8, uncompressed");
  }
  const line = header.toString().replace(/\r$/, "");
  if (line.trim() === "") throw new UnusableCsvError("its first line, the header, is empty");
  // The parser does not know lines that end in CR alone: it would take the whole file for the header.
  if (line.includes("\r")) {
    throw new UnusableCsvError(`its header holds a carriage return; ${ENDS_OF_LINES}`);
  }
  const columns = line.split(SEPARATOR).map((column) => column.trim());
  const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    const names = `columns are separated by | and found by these names: ${REQUIRED_COLUMNS.join(", ")}`;
    const quotes = missing.some((column) => isQuotedIn(line, column)) ? QUOTES : "";
    throw new UnusableCsvError(`the header has no column ${missing.join(", ")}; ${names}${quotes}`);
  }
  const twice = REQUIRED_COLUMNS.filter((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (twice.length > 0) {
    throw new UnusableCsvError(`the header names the column ${twice.join(", ")} twice; name it once`);
  }
  return columns;
}
