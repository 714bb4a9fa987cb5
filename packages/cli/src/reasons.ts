import { type LedgerEntry, type Reason, reasonFacts } from "@lotes/core";

interface Failures {
  readonly failures: readonly LedgerEntry[];
}

/** The most frequent reason first. */
export function countByReason({ failures }: Failures): Partial<Record<Reason, number>> {
  const counts = Map.groupBy(failures, (entry) => entry.reason)
    .entries()
    .map(([reason, entries]) => [reason, entries.length] as const);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** For each reason how often it occurs, what it means and what to do. */
export function reasonLines(account: Failures): string[] {
  return Object.entries(countByReason(account)).flatMap(([reason, count]) => {
    const { meaning, advice } = reasonFacts(reason as Reason);
    return [`    ${reason} ${count}: ${meaning};`, `      ${advice}`];
  });
}
