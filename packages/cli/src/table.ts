import stringWidth from "string-width";
import { visible } from "./visible.ts";

const GAP = "  ";
const CUT = "…";

const graphemes = new Intl.Segmenter();

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
