import type { MovieRecord } from "@lotes/core";
import { expect, onTestFinished, vi } from "vitest";
import type { MisbehaviourRule } from "../../src/tmdb/misbehaviour-rule.ts";
import { startTmdbStandIn, type TmdbStandIn, type TmdbStandInOptions } from "../../src/tmdb/start-tmdb-stand-in.ts";
import { TmdbServer } from "../../src/tmdb/tmdb-server.ts";

export const YOJIMBO: MovieRecord = {
  id: 11878,
  imdb_id: "tt0055630",
  title: "Yojimbo",
  runtime: 110,
  release_date: "1961-04-25",
  budget: 0,
  revenue: 0,
  popularity: 10.313688,
  vote_average: 8.0,
  vote_count: 334,
};
export const CHARADE: MovieRecord = {
  ...YOJIMBO,
  id: 4808,
  imdb_id: "tt0056923",
  title: "Charade",
  release_date: null,
};

export const NOT_FOUND = {
  success: false,
  status_code: 34,
  status_message: "The resource you requested could not be found.",
};
export const TOO_MANY = {
  success: false,
  status_code: 25,
  status_message: "Your request count (#) is over the allowed limit of (#).",
};

export const FACTS = [YOJIMBO, CHARADE];

/** The stand-in without its thread, which nobody needs whose time is not measured: a thread takes a tenth of a second to start. */
export async function tmdbInProcess({ port = 0, ...options }: TmdbStandInOptions): Promise<TmdbStandIn> {
  const server = new TmdbServer(options);
  return {
    url: await server.listen(port),
    stats: async () => server.stats(),
    arrivals: async () => server.arrivals(),
    misbehave: async (rules) => server.misbehave(rules),
    stop: () => server.close(),
  };
}

/** One for this test, in this process. */
export async function start(options: Partial<TmdbStandInOptions> = {}): Promise<TmdbStandIn> {
  const standIn = await tmdbInProcess({ facts: FACTS, ...options });
  onTestFinished(() => standIn.stop());
  return standIn;
}

/** One for this test, in a thread of its own. */
export async function startInThread(options: Partial<TmdbStandInOptions> = {}): Promise<TmdbStandIn> {
  const standIn = await startTmdbStandIn({ facts: FACTS, ...options });
  onTestFinished(() => standIn.stop());
  return standIn;
}

export async function request({ url }: TmdbStandIn, path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

export const getMovie = (standIn: TmdbStandIn, id: string) => request(standIn, `/3/movie/${id}?language=pt-BR`);

/** The statuses of so many requests for one movie, one after the other. */
export async function statuses(standIn: TmdbStandIn, times: number, id = "tt0055630"): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < times; n++) seen.push((await getMovie(standIn, id)).status);
  return seen;
}

/** Asks until the movie is answered with the status. */
export function untilStatus(standIn: TmdbStandIn, status: number) {
  return vi.waitFor(async () => expect((await getMovie(standIn, "tt0055630")).status).toBe(status), {
    timeout: 120_000,
    interval: 20,
  });
}

export const misbehaving = (...misbehaviour: MisbehaviourRule[]) => start({ misbehaviour });
