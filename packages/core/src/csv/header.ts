import { isUtf8 } from "node:buffer";

/** The CSV can't be used at all. The message says why and what to do, in one line. */
export class UnusableCsvError extends Error {
  override readonly name = "UnusableCsvError";
}

// The real header has 173 bytes. A first line of 64 kB is no header, and there is no point in reading on to look for its end.
export const LONGEST_HEADER_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Passes a CSV's bytes on, the first chunk beginning after the byte order mark and holding the whole header line: csv-parser would
 * keep the mark in the first column's name, and splits a header wrongly that is cut between its CR and LF.
 * @throws {UnusableCsvError} when the file is empty or its first line is no text.
 */
export async function* fromWholeHeader(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === undefined) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.includes(LINE_FEED) || head.length > LONGEST_HEADER_BYTES) {
      yield checkedHead(head);
      head = undefined;
    }
  }
  if (head !== undefined) yield checkedHead(head);
}

function checkedHead(head: Buffer): Buffer {
  const text = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? head.subarray(BYTE_ORDER_MARK.length)
    : head;
  const end = text.indexOf(LINE_FEED);
  const header = end < 0 ? text : text.subarray(0, end);
  if (header.length > LONGEST_HEADER_BYTES) {
    throw new UnusableCsvError("it has no header: its first line does not end within 64 kB; is it a CSV?");
  }
  if (header.includes(0) || !isUtf8(header)) {
    throw new UnusableCsvError("it is not UTF-8 text; export it as CSV in UTF-8, uncompressed");
  }
  if (header.toString().trim() === "") {
    throw new UnusableCsvError(
      text.length === 0 ? "it is empty; drop a CSV with a header line" : "its first line, the header, is empty",
    );
  }
  // csv-parser would take it for the end of every line.
  const stray = header.indexOf(CARRIAGE_RETURN);
  if (stray >= 0 && stray < header.length - 1) {
    throw new UnusableCsvError("its header holds a carriage return; save it with lines that end in LF or CRLF");
  }
  return text;
}
