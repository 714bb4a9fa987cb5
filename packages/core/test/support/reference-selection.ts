import csvParser from "csv-parser";
import type { MovieFilter } from "../../src/dataset/movies.ts";
import { predicatesOf, REQUIRED_COLUMNS } from "../../src/dataset/movies.ts";
import { type Predicates, passes, unreadableNumber } from "../../src/dataset/predicates.ts";
import type { Selection } from "../../src/dataset/select-ids.ts";

/** Selects from a whole file with csv-parser and nothing before it: no byte is skipped, every row is parsed. */
export async function selectedByParserAlone(file: Buffer, filter: MovieFilter): Promise<Selection> {
  const parser = csvParser({
    separator: "|",
    quote: "",
    mapHeaders: ({ header, index }) => (REQUIRED_COLUMNS.includes(header.trim()) ? header.trim() : `column ${index}`),
  });
  let columns = 0;
  parser.once("headers", (headers: string[]) => {
    columns = headers.length;
  });
  // It keeps a byte order mark in the name of the first column.
  parser.end(withoutByteOrderMark(file));
  const tally = new Tally(filter);
  for await (const row of parser as AsyncIterable<Record<string, string>>) {
    tally.add(Object.keys(row).length, columns, row as never);
  }
  return tally.selection();
}

/** Selects from a whole file as anybody would who has it in memory as text. */
export function selectedByHand(file: Buffer, filter: MovieFilter): Selection {
  const [header = "", ...lines] = withoutByteOrderMark(file)
    .toString()
    .split("\n")
    .map((line) => line.replace(/\r$/, ""));
  // Behind the last line's end there is no line.
  if (lines.at(-1) === "") lines.pop();
  const columns = header.split("|").map((column) => column.trim());
  const tally = new Tally(filter);
  for (const line of lines) {
    const cells = line === "" ? [] : line.split("|");
    const row = Object.fromEntries(REQUIRED_COLUMNS.map((column) => [column, cells[columns.indexOf(column)]]));
    tally.add(cells.length, columns.length, row as never);
  }
  return tally.selection();
}

class Tally {
  readonly #predicates: Predicates;
  readonly #ids = new Set<string>();
  readonly #malformed: number[] = [];
  readonly #unreadable: number[] = [];
  #line = 1;
  #rows = 0;

  constructor(filter: MovieFilter) {
    this.#predicates = predicatesOf(filter);
  }

  add(cells: number, columns: number, row: Parameters<typeof passes>[0]): void {
    this.#line++;
    if (cells === 0) return;
    this.#rows++;
    if (cells !== columns) this.#malformed.push(this.#line);
    else if (unreadableNumber(row, this.#predicates)) this.#unreadable.push(this.#line);
    else if (passes(row, this.#predicates)) this.#ids.add(row.id?.trim() ?? "");
  }

  selection(): Selection {
    const count = (lines: readonly number[]) => ({ count: lines.length, first_lines: lines.slice(0, 10) });
    const [malformed, unreadable] = [count(this.#malformed), count(this.#unreadable)];
    return { rows: this.#rows, malformed, unreadable, ids: [...this.#ids] };
  }
}

function withoutByteOrderMark(file: Buffer): Buffer {
  return file.subarray(0, 3).equals(Buffer.from("\ufeff")) ? file.subarray(3) : file;
}
