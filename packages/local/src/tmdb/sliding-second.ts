// A sliding second is half-open, [t, t + 1000): what comes exactly 1,000 ms later is in the next one.
const SECOND_MS = 1_000;

/**
 * The most events in any sliding second.
 * @param times in milliseconds, ascending
 */
export function peakPerSecond(times: readonly number[]): number {
  let peak = 0;
  let oldest = 0;
  times.forEach((time, newest) => {
    while (time - (times[oldest] ?? time) >= SECOND_MS) oldest++;
    peak = Math.max(peak, newest - oldest + 1);
  });
  return peak;
}

/** Lets at most so many requests through in any sliding second. A refused request uses nothing of the budget. */
export class RequestBudget {
  readonly #perSecond: number;
  /** A ring of the times of the last `perSecond` admissions; the next one overwrites the oldest. */
  readonly #admissions: number[] = [];
  #next = 0;

  /** @param perSecond a whole number from 1 */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Whether the request is let through.
   * @param at its arrival in milliseconds, not before the one asked about last
   */
  admit(at: number): boolean {
    const oldest = this.#admissions[this.#next];
    if (oldest !== undefined && at - oldest < SECOND_MS) return false;
    this.#admissions[this.#next] = at;
    this.#next = (this.#next + 1) % this.#perSecond;
    return true;
  }
}
