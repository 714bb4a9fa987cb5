import { createRequire } from "node:module";
import { visible } from "./visible.ts";

const GAP = "  ";
const CUT = "…";

const ASCII = /^[\x20-\x7e]*$/;

const graphemes = new Intl.Segmenter();
const require = createRequire(import.meta.url);

/** How many columns of a terminal a text takes. Only what is not ASCII loads what knows it: a tenth of the time in which a command begins. */
function stringWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  const { default: widthOf } = require("string-width") as typeof import("string-width");
  return widthOf(text);
}

/**
 * Lines of a table, its columns aligned as a terminal shows them, where a letter may take two columns or none.
 * @param columns of the terminal; what is longer is cut
 */
export function tableLines(rows: readonly (readonly string[])[], columns = Number.POSITIVE_INFINITY): string[] {
  const shown = rows.map((row) => row.map(visible));
  const widths: number[] = [];
  for (const row of shown) {
    // The last column has nothing to its right that would have to be aligned.
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    }
  }
  return shown.map((row) => {
    const cells = row.map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))));
    return cut(GAP + cells.join(GAP).trimEnd(), columns);
  });
}

function cut(line: string, columns: number): string {
  // No letter takes more than two columns.
  if (line.length * 2 <= columns || stringWidth(line) <= columns) return line;
  let kept = "";
  let width = CUT.length;
  for (const { segment } of graphemes.segment(line)) {
    width += stringWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return kept + CUT;
}
