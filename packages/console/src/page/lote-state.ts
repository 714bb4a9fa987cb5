import type { LotePart, RunPart } from "../document.ts";

/** What became of a lote, in the order in which a run goes through them. */
export const LOTE_STATES = [
  "waiting",
  "under way",
  "stored",
  "reused",
  "partly failed",
  "failed",
  "cancelled",
] as const;

export type LoteState = (typeof LOTE_STATES)[number];

/**
 * What became of a lote, by its file and the ledger.
 * @param lote undefined when nothing was heard of it
 */
export function loteState(lote: LotePart | undefined, { status }: Pick<RunPart, "status">): LoteState {
  const { records, failures, open, work } = lote ?? { records: [], failures: [], open: [], work: null };
  if (records.length + failures.length === 0) return status === "cancelled" ? "cancelled" : "waiting";
  if (open.length > 0) return status === "cancelled" ? "cancelled" : "under way";
  if (records.length === 0) return "failed";
  if (failures.length > 0) return "partly failed";
  return work !== null && work.reused >= records.length ? "reused" : "stored";
}
