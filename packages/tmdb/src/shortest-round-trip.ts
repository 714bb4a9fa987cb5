/** Round trips that one look back holds: a minute of a consumer's share of TMDB's budget, and a multiple of any burst. */
const GENERATION = 1_000;

/** Fewer round trips than these say nothing of the shortest. */
const ENOUGH = 20;

/**
 * The shortest possible round trip is taken to be shorter than the shortest that was seen: by this number × the mean excess over that one ÷ the
 * number of round trips. Where delays are distributed evenly, from none to the longest, that is too little in one case of a million.
 */
const CAUTION = 28;

/**
 * A lower bound of the time to the server and back, learnt from the round trips seen. It is what lets a limiter tell when a request had reached
 * the server at the latest: that long before its answer came.
 *
 * A bound that is too low costs some of the budget; one that is too high may break it. So a shorter round trip counts at once, and is forgotten
 * only after a thousand to two thousand others, all of which were longer: then the path has changed for good.
 */
export class ShortestRoundTrip {
  #older: Seen = NONE;
  #newer: Seen = NONE;

  /** @param ms of a request on a connection that was there already, from its sending to its answer */
  add(ms: number): void {
    this.#newer = both(this.#newer, { count: 1, sum: ms, shortest: ms });
    if (this.#newer.count < GENERATION) return;
    this.#older = this.#newer;
    this.#newer = NONE;
  }

  /** In milliseconds; 0 while too little is known. */
  get bound(): number {
    const { count, sum, shortest } = both(this.#older, this.#newer);
    if (count < ENOUGH) return 0;
    return Math.max(0, shortest - ((sum / count - shortest) * CAUTION) / count);
  }
}

interface Seen {
  readonly count: number;
  readonly sum: number;
  readonly shortest: number;
}

const NONE: Seen = { count: 0, sum: 0, shortest: Number.POSITIVE_INFINITY };

function both(one: Seen, other: Seen): Seen {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    shortest: Math.min(one.shortest, other.shortest),
  };
}
