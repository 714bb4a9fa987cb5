/** A request as the server saw it. */
export interface TimedArrival {
  readonly at: number;
  /** How much earlier it may have come: the server had last looked for requests so many milliseconds before. */
  readonly uncertainMs: number;
  readonly id: string | null;
  readonly outcome: number | "hang" | "reset";
}

const SECOND_MS = 1_000;

/** The most requests that certainly were within one second at the server, whenever each of them came while it was not looking. */
export function certainPeak(arrivals: readonly TimedArrival[]): number {
  let peak = 0;
  arrivals.forEach(({ at }, newest) => {
    let within = 0;
    for (let index = newest; index >= 0; index--) {
      const { at: came, uncertainMs } = arrivals[index] as TimedArrival;
      if (at - came >= SECOND_MS) break;
      if (at - (came - uncertainMs) < SECOND_MS) within++;
    }
    peak = Math.max(peak, within);
  });
  return peak;
}
