import { type Reason, reasonWords, TMDB_TROUBLE } from "@lotes/core";
import type { LogLine } from "@lotes/local";

const TRIED_AGAIN = "each id is tried again for some 15 s, and then counts as failed";

/** What is wrong while a run is at work, and what follows. For other reasons their meaning and advice are used. */
const NOW: Partial<Record<Reason, readonly [trouble: string, consequence: string]>> = {
  network: ["TMDB can't be reached", TRIED_AGAIN],
  server_error: ["TMDB, or something before it, answers with errors", TRIED_AGAIN],
  rate_limited: ["TMDB keeps answering 429", "the requests wait for as long as it asks"],
};

/** Lines about trouble with TMDB while a run is at work, one for each kind of trouble in a run. */
export class TmdbTroubles {
  readonly #told = new Set<string>();

  /** @returns what to tell of a function's log line, if anything */
  lineOf({ message, fields }: LogLine): string | undefined {
    if (message !== TMDB_TROUBLE) return undefined;
    const reason = fields.reason as Reason;
    const trouble = `${fields.run} ${reason}`;
    if (this.#told.has(trouble)) return undefined;
    this.#told.add(trouble);
    const { meaning, advice } = reasonWords(reason);
    const [what, consequence] = NOW[reason] ?? [meaning, advice];
    // The text comes from another server, and may hold anything, such as an escape sequence of a terminal.
    const words = String(fields.cause).replaceAll(/\p{Cc}+/gu, " ");
    return `! ${what}: ${words}; ${consequence}`;
  }
}
