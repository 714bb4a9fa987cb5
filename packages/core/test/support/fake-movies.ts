import type { MovieAnswer, MovieRequestOptions, MovieSource, Traffic, Waits } from "../../src/ports.ts";
import { movieRecord } from "./movies.ts";

type Behaviour = (id: string, options: MovieRequestOptions) => MovieAnswer | Promise<MovieAnswer>;

/** A source of movies that knows every id, but for those that are told to behave in another way. */
export class FakeMovies implements MovieSource {
  readonly origin = "tmdb pt-BR";
  readonly asked: string[] = [];
  readonly traffic: { -readonly [K in keyof Traffic]: number };
  waits: Waits = { limiter: 0, pause: 0, answer: 0 };
  askedPauseUntil = Number.NEGATIVE_INFINITY;
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour = known, traffic: Traffic = { requests: 0, retries: 0, rate_limited: 0 }) {
    this.#behaviour = behaviour;
    this.traffic = { ...traffic };
  }

  async movie(id: string, options: MovieRequestOptions): Promise<MovieAnswer> {
    this.asked.push(id);
    this.traffic.requests++;
    return this.#behaviour(id, options);
  }
}

export function known(id: string): MovieAnswer {
  return { record: movieRecord(id) };
}

export function unauthorized(): MovieAnswer {
  return { failure: { reason: "unauthorized", status: 401, message: "Invalid API key" } };
}

/** No answer until it is told to stop. */
export function unanswered(_: string, { signal }: MovieRequestOptions): Promise<MovieAnswer> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve({ stopped: true });
    signal.addEventListener("abort", () => resolve({ stopped: true }), { once: true });
  });
}
