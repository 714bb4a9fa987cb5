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

/**
 * Escapes in a JSON text what some readers take for the end of a line, Python's `splitlines` among them: U+0085, U+2028 and U+2029, which JSON may hold as they are.
 * @returns JSON of the same value
 */
export function inOneLine(json: string): string {
  return json.replaceAll(/[\u0085\u2028\u2029]/g, jsonEscape);
}

/** A UTF-16 code unit as JSON writes it in ASCII: `\u2028`. */
export function jsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
