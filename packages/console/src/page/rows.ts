import type { FailureRow, LotePart, RecordRow, RunDocument } from "../document.ts";

/** An id of the run, as the table shows it. */
export interface Row {
  readonly id: string;
  readonly lote: number;
  readonly title: string | null;
  readonly year: number | null;
  readonly votes: number | null;
  readonly revenue: number | null;
  /** Undefined for one that has a record. */
  readonly reason: string | undefined;
  /** What a search looks at. */
  readonly text: string;
  /** What a sort by title compares; null without a title. */
  readonly titleKey: string | null;
}

const made = new WeakMap<LotePart, readonly Row[]>();

/** The ids of a run of which anything was heard. What is known of a lote is made once. */
export function rowsOf({ lotes, attributes }: Pick<RunDocument, "lotes" | "attributes">): Row[] {
  return lotes.flatMap((lote) => {
    const known = made.get(lote) ?? rowsOfLote(lote, attributes);
    made.set(lote, known);
    return known;
  });
}

function rowsOfLote(part: LotePart, attributes: readonly string[]): Row[] {
  const records = part.records.map((row) => recordOf(row, part.lote, attributes));
  return [...records, ...part.failures.map((row) => failureOf(row, part))];
}

function recordOf([id, ...values]: RecordRow, lote: number, attributes: readonly string[]): Row {
  const value = (name: string) => values[attributes.indexOf(name)] ?? null;
  const text = (name: string) => value(name)?.toString() ?? null;
  const number = (name: string) => (value(name) === null ? null : Number(value(name)));
  const title = text("title");
  const year = Number(text("release_date")?.slice(0, 4)) || null;
  return {
    id,
    lote,
    title,
    year,
    votes: number("vote_count"),
    revenue: number("revenue"),
    reason: undefined,
    text: `${id} ${text("imdb_id") ?? ""} ${title ?? ""} ${year ?? ""}`.toLowerCase(),
    titleKey: title && sortKey(title),
  };
}

function failureOf([id, reason, , message]: FailureRow, { lote, messages }: LotePart): Row {
  const text = `${id} ${reason} ${messages[message] ?? ""}`.toLowerCase();
  return { id, lote, title: null, year: null, votes: null, revenue: null, reason, text, titleKey: null };
}

export const SORTS = ["lote", "id", "title", "year", "votes", "revenue"] as const;
export type Sort = (typeof SORTS)[number];

/** Which rows to show, and in which order. */
export interface Choice {
  readonly words: string;
  readonly kind: "all" | "stored" | "failed";
  readonly sort: Sort;
  readonly isDescending: boolean;
}

export function chosenRows(rows: readonly Row[], { words, kind, sort, isDescending }: Choice): Row[] {
  const searched = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(
    ({ text, reason }) =>
      (kind === "all" || (reason === undefined) === (kind === "stored")) &&
      searched.every((word) => text.includes(word)),
  );
  // The rows are in the order of the lotes already.
  if (sort === "lote") return isDescending ? found.reverse() : found;
  const sign = isDescending ? -1 : 1;
  if (sort === "title") return found.sort((a, b) => compare(a.titleKey, b.titleKey, sign));
  return found.sort((a, b) => compare<string | number>(a[sort], b[sort], sign));
}

// Wide enough for any number in a title.
const DIGITS = 12;

/**
 * A title as it is compared: without accents and case, `Part 2` before `Part 10`. A collator would compare ten thousand titles for 0.1 s, in which
 * the page stands still; the keys are made once, and compared in a tenth of that.
 */
function sortKey(title: string): string {
  const plain = title.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain.replaceAll(/\d+/g, (digits) => digits.padStart(DIGITS, "0"));
}

/** What is unknown comes last, whichever way. */
function compare<Value extends string | number>(a: Value | null, b: Value | null, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -sign : sign;
}
