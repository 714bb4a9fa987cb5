import type { LotePart, RunDocument } from "../document.ts";

/** The document with what has changed of it. What did not change stays the same object: nothing is drawn anew for it. */
export function merged(before: RunDocument, { lotes: news, ...changes }: Partial<RunDocument>): RunDocument {
  return { ...before, ...changes, lotes: news === undefined ? before.lotes : mergedLotes(before.lotes, news) };
}

function mergedLotes(before: readonly LotePart[], news: readonly LotePart[]): LotePart[] {
  const lotes = new Map<number, LotePart>([...before, ...news].map((part) => [part.lote, part]));
  return [...lotes.values()].sort((a, b) => a.lote - b.lote);
}
