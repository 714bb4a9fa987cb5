import { CONSUMER, visibilityTimeoutSeconds } from "@lotes/core";
import type { AxiosError } from "axios";
import { retryAfter } from "axios-retry";

// The limit is on requests per second, so less than a second is no pause; beyond 8 s it would oversleep the end of the trouble.
const SHORTEST_MS = 1_000;
const LONGEST_MS = 8_000;
// Processes that were refused together should not all come back together.
const JITTER = 0.25;

/**
 * The longest pause that is taken at its word. A lote that was given back comes again after so long: then one request may ask whether the pause
 * is over. It keeps a `Retry-After` of a year, or of nonsense, from silencing a process for as long as it lives.
 */
const LONGEST_ASKED_MS = visibilityTimeoutSeconds(CONSUMER) * 1_000;

/** How long the server asks to be left alone, 0 when it does not say, or says nothing of use. In milliseconds. */
export function askedPauseMs(error: AxiosError): number {
  return Math.min(LONGEST_ASKED_MS, retryAfter(error) || 0);
}

/** Whether the pause is one that a lote can't be expected to wait out: longer than any that is chosen here. */
export function isLongPause(ms: number): boolean {
  return ms > LONGEST_MS * (1 + JITTER);
}

/**
 * How long to pause after a 429: as long as the server asks for, else 1, 2, 4, 8 seconds and up to a quarter more, the longer the
 * oftener it happens without a request passing in between.
 */
export class RateLimitBackoff {
  #refusals = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param sentAt when the refused request was sent, by `performance.now()` */
  delayMs(error: AxiosError, sentAt: number): number {
    const asked = askedPauseMs(error);
    // Other requests that were in progress at the first refusal belong to the same refusal.
    if (sentAt >= this.#pausedUntil) this.#refusals++;
    // A request of an earlier burst may be refused after a later request got through. Then the count is 0.
    const backoff = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.max(0, this.#refusals - 1));
    const delay = asked > 0 ? asked : backoff * (1 + JITTER * Math.random());
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + delay);
    return delay;
  }

  /** A request sent at that time got through. */
  passed(sentAt: number): void {
    if (sentAt >= this.#pausedUntil) this.#refusals = 0;
  }
}
