import type { LotePart, RunDocument } from "../document.ts";

/** The document with the lotes that are known from before. */
export function merged(before: RunDocument | undefined, update: RunDocument, isWhole: boolean): RunDocument {
  if (isWhole || before === undefined) return update;
  if (update.lotes.length === 0) return { ...update, lotes: before.lotes };
  const lotes = new Map<number, LotePart>([...before.lotes, ...update.lotes].map((part) => [part.lote, part]));
  return { ...update, lotes: [...lotes.values()].sort((a, b) => a.lote - b.lote) };
}
