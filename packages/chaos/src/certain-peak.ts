import type { TimedArrival } from "./tmdb-host.ts";

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
