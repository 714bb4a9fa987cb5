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
  readonly ids: FailedIds;
  readonly reasons: Partial<Record<Reason, number>>;
  readonly failed: number;
  readonly entries: number;
  readonly lines: LedgerLines;
}

/** The ids of each lote, in one text: as texts of their own they take four times the memory, and are that many more objects for V8 to look after. */
export class FailedIds {
  readonly #jsonByLote = new Map<number, string>();

  get lotes(): Iterable<number> {
    return this.#jsonByLote.keys();
  }

  add(lote: number, ids: readonly string[]): void {
    this.#jsonByLote.set(lote, JSON.stringify([...this.of(lote), ...ids]));
  }

  of(lote: number): readonly string[] {
    return JSON.parse(this.#jsonByLote.get(lote) ?? "[]");
  }
}

/**
 * Keeps of the ledger what is needed, a piece at a time: a large run has thousands of failures.
 * @throws {LedgerError}
 */
export async function readLedger(run: OpenRun, output: DateOutput): Promise<StockedLedger> {
  const ids = new FailedIds();
  const reasons: Partial<Record<Reason, number>> = {};
  // Only parts are put together.
  const hasParts = lotesOfPart(run) !== undefined;
  const lines = new LedgerLines();
  let [failed, entries] = [0, 0];
  for await (const piece of output.ledgerPieces(run)) {
    const isOwn = isOf(run, piece);
    lines.add(piece, isOwn && hasParts);
    if (!isOwn) continue;
    const all = Ledger.parse(piece, nameOf(piece.key)).entries();
    const own = all.filter(isFailedId).filter((entry) => entry.run === run.run);
    entries += all.length;
    failed += own.length;
    for (const { reason } of own) reasons[reason] = (reasons[reason] ?? 0) + 1;
    for (const [lote, some] of Map.groupBy(own, (entry) => entry.lote)) {
      ids.add(
        lote,
        some.map(({ imdb_id }) => imdb_id),
      );
    }
  }
  return { ids, reasons, failed, entries, lines };
}
