import { openCsv } from "./header.ts";
import { ID_COLUMN, type MovieFilter, predicatesOf } from "./movies.ts";
import { whyNot } from "./predicates.ts";
import { LINE_FEED, SEPARATOR } from "./separators.ts";

/** A row that has an id, and does not select it. */
export interface UnselectedRow {
  /** The header is line 1. */
  readonly line: number;
  readonly why: string;
}

/**
 * Finds the rows of a CSV that have an id and do not select it. It looks at each line for the bytes of the id, and at the cells of few.
 * @param source its chunks; each is done with before the next one is asked for
 * @throws {UnusableCsvError} when the file is empty, not text, or lacks a required column
 */
export async function unselectedRows(
  source: AsyncIterable<Uint8Array>,
  id: string,
  filter: MovieFilter,
): Promise<UnselectedRow[]> {
  const { columns, body } = await openCsv(source);
  const predicates = predicatesOf(filter);
  const rows: UnselectedRow[] = [];
  let line = 1;
  for await (const bytes of linesIn(body)) {
    line++;
    if (!bytes.includes(id)) continue;
    const cells = bytes.toString().replace(/\r$/, "").split(SEPARATOR);
    if (cells[columns.indexOf(ID_COLUMN)]?.trim() !== id) continue;
    const row = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
    const isWhole = cells.length === columns.length;
    const why = isWhole ? whyNot(row, predicates) : `it has ${cells.length} instead of ${columns.length} columns`;
    if (why !== undefined) rows.push({ line, why });
  }
  return rows;
}

/** The lines without their ends. Each holds only until the next one is asked for. */
async function* linesIn(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun = Buffer.alloc(0);
  for await (const chunk of body) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      const bytes = chunk.subarray(at, end);
      yield begun.length > 0 ? Buffer.concat([begun, bytes]) : bytes;
      begun = Buffer.alloc(0);
      at = end + 1;
    }
    begun = Buffer.concat([begun, chunk.subarray(at)]);
  }
  if (begun.length > 0) yield begun;
}
