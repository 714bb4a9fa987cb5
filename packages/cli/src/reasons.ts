import { countByReason, type LedgerEntry, type Reason, reasonWords } from "@lotes/core";
import { formatNumber } from "./output.ts";

interface Failures {
  readonly failures: readonly LedgerEntry[];
}

/** The most frequent reason first. */
export function reasonCounts({ failures }: Failures): Partial<Record<Reason, number>> {
  return Object.fromEntries(countByReason(failures));
}

/** For each reason how often it occurs, what it means and what to do. */
export function reasonLines(account: Failures): string[] {
  return countByReason(account.failures).flatMap(([reason, count]) => {
    const { meaning, advice } = reasonWords(reason);
    return [`    ${reason} ${formatNumber(count)}: ${meaning};`, `      ${advice}`];
  });
}
