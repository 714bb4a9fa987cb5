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
}

const made = new WeakMap<LotePart, readonly Row[]>();

/** The ids of a run of which anything was heard. What is known of a lote is made once. */
export function rowsOf({ lotes }: Pick<RunDocument, "lotes">): Row[] {
  return lotes.flatMap((lote) => {
    const known = made.get(lote) ?? rowsOfLote(lote);
    made.set(lote, known);
    return known;
  });
}

function rowsOfLote(part: LotePart): Row[] {
  return [...part.records.map((row) => recordOf(row, part.lote)), ...part.failures.map((row) => failureOf(row, part))];
}

function recordOf([id, , imdbId, title, , released, , revenue, , , votes]: RecordRow, lote: number): Row {
  const year = released === null ? null : Number(released.slice(0, 4)) || null;
  const text = `${id} ${imdbId ?? ""} ${title ?? ""} ${year ?? ""}`.toLowerCase();
  return { id, lote, title, year, votes, revenue, reason: undefined, text };
}

function failureOf([id, reason, , message]: FailureRow, { lote, messages }: LotePart): Row {
  const text = `${id} ${reason} ${messages[message] ?? ""}`.toLowerCase();
  return { id, lote, title: null, year: null, votes: null, revenue: null, reason, text };
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
  return found.sort((a, b) => compare(a[sort], b[sort], sign));
}

const alphabet = new Intl.Collator(undefined, { numeric: true });

/** What is unknown comes last, whichever way. */
function compare(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "string") return sign * alphabet.compare(a, String(b));
  return sign * (a - Number(b));
}
