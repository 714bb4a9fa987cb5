/** A line of a file that is not blank, with its number from 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/** The lines of a text, whichever editor has saved it: with a byte order mark, CRLF, blank lines, or no end of the last line. */
export function textLines(body: string): TextLine[] {
  return withoutByteOrderMark(body)
    .split("\n")
    .map((text, index) => ({ number: index + 1, text: text.trim() }))
    .filter(({ text }) => text !== "");
}

export function withoutByteOrderMark(body: string): string {
  return body.replace(/^\ufeff/, "");
}
