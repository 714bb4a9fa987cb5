import type { AxiosError } from "axios";
import { retryAfter } from "axios-retry";

// The limit is on requests per second, so less than a second is no pause; beyond 8 s it would oversleep the end of the trouble.
const SHORTEST_MS = 1_000;
const LONGEST_MS = 8_000;
// Processes that were refused together should not all come back together.
const JITTER = 0.25;

/**
 * How long to pause after a 429: as long as the server asks for, else 1, 2, 4, 8 seconds and up to a quarter more, the longer the
 * oftener it happens without a request passing in between.
 */
export class RateLimitBackoff {
  #refusals = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param sentAt when the refused request was sent, by `performance.now()` */
  delayMs(error: AxiosError, sentAt: number): number {
    const asked = retryAfter(error);
    // The other requests that were under way at the first refusal say nothing new.
    if (sentAt >= this.#pausedUntil) this.#refusals++;
    // A straggler of an earlier burst may be refused when a later request has got through already.
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
