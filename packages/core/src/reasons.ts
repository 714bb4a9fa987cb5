/** Why an id has no record. One table for the consumer that decides, the ledger that keeps and the operator who reads. */
export interface ReasonFacts {
  /** Whether asking again can help without anybody changing the CSV. */
  readonly retryable: boolean;
  /** Whether somebody should hear of it. A CSV always has some movies that TMDB does not know. */
  readonly alarming: boolean;
  /** Both fit on a line of a terminal. */
  readonly meaning: string;
  readonly advice: string;
}

const REASON_FACTS = {
  not_found: {
    retryable: false,
    alarming: false,
    meaning: "TMDB does not know the id",
    advice: "nothing to do, unless TMDB adds the movie",
  },
  unauthorized: {
    retryable: true,
    alarming: true,
    meaning: "TMDB refuses the token",
    advice: "set TMDB_TOKEN to a valid token, then replay",
  },
  rate_limited: {
    retryable: true,
    alarming: true,
    meaning: "TMDB answered 429 for as long as there was time",
    advice: "lower TMDB_REQUESTS_PER_SECOND if others use the token too, then replay",
  },
  server_error: {
    retryable: true,
    alarming: true,
    meaning: "only errors came, of TMDB or of what is before it",
    advice: "wait until TMDB and any proxy on the way let requests pass, then replay",
  },
  network: {
    retryable: true,
    alarming: true,
    meaning: "no answer from TMDB: timeout, reset or DNS",
    advice: "check TMDB_BASE_URL and the network, then replay",
  },
  invalid_response: {
    retryable: true,
    alarming: true,
    meaning: "an answer that is no movie of TMDB's",
    advice: "check TMDB_BASE_URL, and that no proxy or sign-in page answers; replay",
  },
  deadline: {
    retryable: true,
    alarming: true,
    meaning: "the function's time was over before the id's turn came",
    advice: "replay",
  },
  invalid_id: {
    retryable: false,
    alarming: true,
    meaning: "neither an IMDb id nor a TMDB id",
    advice: "correct the id in the CSV and drop it again",
  },
  lote_failed: {
    retryable: true,
    alarming: true,
    meaning: "the lote failed five times as a whole",
    advice: "look for the cause in the consumer's log, then replay",
  },
  malformed_message: {
    retryable: false,
    alarming: true,
    meaning: "a message that is none of the pipeline's",
    advice: "find out who sends to the queues; the body is kept in the entry",
  },
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
