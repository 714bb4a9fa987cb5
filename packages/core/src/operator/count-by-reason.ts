import type { LedgerEntry } from "../files/ledger-entry.ts";
import type { Reason } from "../reasons.ts";

/** How many entries there are of each reason, the most frequent reason first. */
export function countByReason(failures: readonly LedgerEntry[]): [reason: Reason, count: number][] {
  const counts = Map.groupBy(failures, (entry) => entry.reason)
    .entries()
    .map(([reason, entries]): [Reason, number] => [reason, entries.length]);
  return [...counts].sort(([, a], [, b]) => b - a);
}
