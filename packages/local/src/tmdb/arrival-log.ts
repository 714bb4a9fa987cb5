import { peakPerSecond } from "./sliding-second.ts";

/** The HTTP status a request is answered with, or what happens to it instead of an answer. */
export type Outcome = number | "hang" | "reset";

export interface Arrival {
  /** Milliseconds by the server's monotonic clock: only differences between arrivals mean something. */
  readonly at: number;
  /** The movie's id as it was asked for, null when the path names no movie. */
  readonly id: string | null;
  /** Decided at arrival: with latency, the answer is still on its way. */
  readonly outcome: Outcome;
}

/** What a client did over the server's whole life, seen from the server. */
export interface Stats {
  readonly requests: number;
  /** How many requests had each outcome, by HTTP status, `hang` or `reset`. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** The most arrivals in any sliding second, refused ones included. */
  readonly peakPerSecond: number;
  /** The most connections that were open at once. */
  readonly peakConnections: number;
  /** As {@link Arrival.at}, null before the first request. */
  readonly firstArrivalAt: number | null;
  readonly lastArrivalAt: number | null;
}

/** Every request, in the order of arrival. */
export class ArrivalLog {
  readonly #arrivals: Arrival[] = [];

  add(arrival: Arrival): void {
    this.#arrivals.push(arrival);
  }

  all(): readonly Arrival[] {
    return this.#arrivals;
  }

  summary(): Omit<Stats, "peakConnections"> {
    const outcomes: Partial<Record<Outcome, number>> = {};
    for (const { outcome } of this.#arrivals) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    return {
      requests: this.#arrivals.length,
      outcomes,
      peakPerSecond: peakPerSecond(this.#arrivals.map(({ at }) => at)),
      firstArrivalAt: this.#arrivals.at(0)?.at ?? null,
      lastArrivalAt: this.#arrivals.at(-1)?.at ?? null,
    };
  }
}
