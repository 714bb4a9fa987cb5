/** What follows from a reason why an id has no record. What it means is in operator/reason-words.ts: the functions say it to nobody. */
export interface ReasonFacts {
  /** Whether asking again can help without anybody changing the CSV. */
  readonly retryable: boolean;
  /** Whether somebody should hear of it. A CSV always has some movies that TMDB does not know. */
  readonly alarming: boolean;
}

const REASON_FACTS = {
  not_found: { retryable: false, alarming: false },
  unauthorized: { retryable: true, alarming: true },
  rate_limited: { retryable: true, alarming: true },
  server_error: { retryable: true, alarming: true },
  network: { retryable: true, alarming: true },
  invalid_response: { retryable: true, alarming: true },
  deadline: { retryable: true, alarming: true },
  invalid_id: { retryable: false, alarming: true },
  lote_failed: { retryable: true, alarming: true },
  malformed_message: { retryable: false, alarming: true },
} as const satisfies Record<string, ReasonFacts>;

export type Reason = keyof typeof REASON_FACTS;

export const REASONS = Object.keys(REASON_FACTS) as [Reason, ...Reason[]];

export function reasonFacts(reason: Reason): ReasonFacts {
  return REASON_FACTS[reason];
}

/** How many failures there are of each reason, the most frequent reason first. */
export function countByReason(failures: readonly { readonly reason: Reason }[]): [reason: Reason, count: number][] {
  const counts = Map.groupBy(failures, ({ reason }) => reason)
    .entries()
    .map(([reason, those]): [Reason, number] => [reason, those.length]);
  return [...counts].sort(([, a], [, b]) => b - a);
}
