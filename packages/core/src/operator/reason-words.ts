import type { Reason } from "../reasons.ts";

/** What a reason means to an operator, and what to do. Both fit on a line of a terminal. */
export interface ReasonWords {
  readonly meaning: string;
  readonly advice: string;
}

const REASON_WORDS = {
  not_found: {
    meaning: "TMDB does not know the id",
    advice: "nothing to do, unless TMDB adds the movie",
  },
  unauthorized: {
    meaning: "TMDB refuses the token",
    advice: "set TMDB_TOKEN to a valid token, then replay",
  },
  rate_limited: {
    meaning: "TMDB answered 429 for as long as there was time",
    advice: "lower TMDB_REQUESTS_PER_SECOND if others use the token too, then replay",
  },
  server_error: {
    meaning: "only errors came, of TMDB or of what is before it",
    advice: "wait until TMDB and any proxy on the way let requests pass, then replay",
  },
  network: {
    meaning: "no answer from TMDB: timeout, reset or DNS",
    advice: "check TMDB_BASE_URL and the network, then replay",
  },
  invalid_response: {
    meaning: "an answer that is no movie of TMDB's",
    advice: "check TMDB_BASE_URL, and that no proxy or sign-in page answers; replay",
  },
  deadline: {
    meaning: "the function's time was over before the id's turn came",
    advice: "replay",
  },
  invalid_id: {
    meaning: "neither an IMDb id nor a TMDB id",
    advice: "correct the id in the CSV and drop it again",
  },
  lote_failed: {
    meaning: "the lote failed five times as a whole",
    advice: "look for the cause in the consumer's log, then replay",
  },
  malformed_message: {
    meaning: "a message that is none of the pipeline's",
    advice: "find out who sends to the queues; the body is kept in the entry",
  },
} as const satisfies Record<Reason, ReasonWords>;

export function reasonWords(reason: Reason): ReasonWords {
  return REASON_WORDS[reason];
}
