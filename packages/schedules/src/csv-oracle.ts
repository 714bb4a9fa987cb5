import { createHash } from "node:crypto";

/** The part of the oracle that knows what a CSV selects, from the contracts alone. */

// Of the rows; beyond it a CSV is not to be used.
const MOST_BAD = 0.01;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const LONGEST_ID = 64;

/** What there is to know of a CSV that can be used. */
export interface CsvFacts {
  readonly rows: number;
  readonly malformed: number;
  readonly unreadable: number;
  /** Those that are selected, in their order. */
  readonly ids: readonly string[];
}

/**
 * @param forced whether the CSV is to be used even if it is spoilt
 * @returns undefined when it can't be used
 */
export function factsOf(upload: { readonly csv: string; readonly forced: boolean }): CsvFacts | undefined {
  const known = FACTS.get(upload) ?? { facts: readFacts(upload) };
  FACTS.set(upload, known);
  return known.facts;
}

/**
 * The same of an upload whose event may find others of its date. If the same bytes were uploaded by force too, their ETag does not tell the two apart, and
 * the event may take them for its own.
 */
export function factsAmong<Upload extends Parameters<typeof factsOf>[0]>(
  upload: Upload,
  ofDate: readonly Upload[],
): CsvFacts | undefined {
  const forced = ofDate.find((other) => other.forced && other.csv === upload.csv);
  return factsOf(upload) ?? (forced && factsOf(forced));
}

/** What there is to know of each upload, read once. */
const FACTS = new WeakMap<object, { readonly facts: CsvFacts | undefined }>();

function readFacts({ csv, forced }: Parameters<typeof factsOf>[0]): CsvFacts | undefined {
  // What can't be decoded, as every decoder shows it: a character for each of the three bytes of a surrogate.
  const decoded = csv.isWellFormed() ? csv : csv.replaceAll(/\p{Surrogate}/gu, "\uFFFD\uFFFD\uFFFD");
  const [header = "", ...lines] = decoded.split("\n");
  const columns = header.split("|");
  const at = (name: string) => columns.indexOf(name);
  const needed = ["id", "anoLancamento", "genero", "numeroVotos"];
  if (header.includes("\0") || needed.some((name) => at(name) < 0)) return undefined;
  const rows = lines.filter((line) => line !== "").map((line) => line.split("|"));
  const ids = new Set<string>();
  let malformed = 0;
  let unreadable = 0;
  for (const cells of rows) {
    const [id = "", year = "", genres = "", votes = ""] = needed.map((name) => cells[at(name)]);
    if (cells.length !== columns.length) malformed++;
    else if (!isReadable(year) || !isReadable(votes)) unreadable++;
    else if (Number(year) > 1960 && Number(votes) > 10_000 && /crime|war/i.test(genres))
      ids.add(shortenedId(id.trim()));
  }
  const isSpoilt = Math.max(malformed, unreadable) > rows.length * MOST_BAD || ids.size === 0;
  return isSpoilt && !forced ? undefined : { rows: rows.length, malformed, unreadable, ids: [...ids] };
}

function isReadable(cell: string): boolean {
  const text = cell.trim();
  return text === "" || text === "\\N" || NUMBER.test(text);
}

/** How a file or a message has an id: one that is too long, by its beginning and a hash. */
function shortenedId(id: string): string {
  if (id.length <= LONGEST_ID) return id;
  const hash = createHash("sha256").update(id).digest("hex");
  return `${id.slice(0, 44).toWellFormed()}…${hash.slice(0, 16)}`;
}
