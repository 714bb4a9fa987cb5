import { nameOf } from "../dataset/keys.ts";
import type { Reason } from "../reasons.ts";
import type { DateOutput } from "./date-output.ts";
import { Ledger } from "./ledger.ts";
import { isFailedId } from "./ledger-entry.ts";
import { LedgerLines } from "./ledger-lines.ts";
import { isOf } from "./publish-ledger.ts";
import { lotesOfPart, type OpenRun } from "./run-rules.ts";

/** What stands in the ledger, or in all its parts. */
export interface StockedLedger {
  /** Those of the run, by their lotes. */
  readonly ids: ReadonlyMap<number, readonly string[]>;
  readonly reasons: Partial<Record<Reason, number>>;
  readonly failed: number;
  readonly entries: number;
  readonly lines: LedgerLines;
}

/**
 * Keeps of the ledger what is needed, a piece at a time: a large run has thousands of failures.
 * @throws {LedgerError}
 */
export async function readLedger(run: OpenRun, output: DateOutput): Promise<StockedLedger> {
  const ids = new Map<number, string[]>();
  const reasons: Partial<Record<Reason, number>> = {};
  // Only parts are put together.
  const hasParts = lotesOfPart(run) !== undefined;
  const lines = new LedgerLines();
  let [failed, entries] = [0, 0];
  for await (const piece of output.ledgerPieces(run)) {
    const isOwn = isOf(run, piece);
    lines.add(piece, isOwn && hasParts);
    if (!isOwn) continue;
    for (const entry of Ledger.parse(piece, nameOf(piece.key)).entries()) {
      entries++;
      if (!isFailedId(entry) || entry.run !== run.run) continue;
      failed++;
      reasons[entry.reason] = (reasons[entry.reason] ?? 0) + 1;
      const known = ids.get(entry.lote);
      if (known === undefined) ids.set(entry.lote, [entry.imdb_id]);
      else known.push(entry.imdb_id);
    }
  }
  return { ids, reasons, failed, entries, lines };
}
