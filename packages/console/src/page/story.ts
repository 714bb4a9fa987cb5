import type { FailureRow, LotePart, RecordRow, RunDocument } from "../document.ts";

/** What became of an id, as the files tell. */
export type Story =
  | { readonly state: "stored"; readonly lote: LotePart; readonly record: RecordRow }
  | { readonly state: "failed"; readonly lote: LotePart; readonly failure: FailureRow }
  | { readonly state: "open"; readonly lote: LotePart }
  | { readonly state: "unknown" };

/** @param id as it was asked for */
export function storyOf(id: string, { lotes }: Pick<RunDocument, "lotes">): Story {
  for (const lote of lotes) {
    const record = lote.records.find(([asked]) => asked === id);
    if (record) return { state: "stored", lote, record };
  }
  for (const lote of lotes) {
    const failure = lote.failures.find(([asked]) => asked === id);
    if (failure) return { state: "failed", lote, failure };
  }
  const lote = lotes.find(({ open }) => open.includes(id));
  return lote ? { state: "open", lote } : { state: "unknown" };
}

const ATTRIBUTES = [
  "id",
  "imdb_id",
  "title",
  "runtime",
  "release_date",
  "budget",
  "revenue",
  "popularity",
  "vote_average",
  "vote_count",
] as const;

/** A record's attributes, named as in its lote's file. */
export function attributesOf([, ...values]: RecordRow): {
  readonly name: string;
  readonly value: string | number | null;
}[] {
  return ATTRIBUTES.map((name, index) => ({ name, value: values[index] ?? null }));
}
