import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { MovieRecord } from "@lotes/core";
import { startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import type { ConsumerTask } from "./budget-thread.ts";
import { machine, print } from "./machine.ts";
import { table } from "./table.ts";

const TOKEN = "token";
const PER_SECOND = 40;
const IDS = 2_000;
const LOTE = 100;
const GOAL_PERCENT = 98;
const LATENCY_MS = { min: 30, max: 90 };
/** The server refuses everything for a moment, and asks for a pause. */
const REFUSAL = { fromMs: 5_000, toMs: 5_200, retryAfterSeconds: 3 };
const GOAL_SECONDS_TO_FULL_RATE = 2;
const IDS_AROUND_PAUSE = 600;

/** How much of TMDB's budget is used, seen from the server, by 1, 2 and 5 consumers; and how soon it is again after a 429. */
export async function benchBudget(): Promise<void> {
  // All at the same time: each is idle but for 40 requests a second.
  const measured = await Promise.all([1, 2, 5].map((consumers) => fetchAll(consumers, IDS)));
  const rows = measured.map(({ consumers, stats }) => {
    const seconds = ((stats.lastArrivalAt ?? 0) - (stats.firstArrivalAt ?? 0)) / 1000;
    const percent = (stats.requests / seconds / PER_SECOND) * 100;
    const refused = stats.outcomes[429] ?? 0;
    const kept = percent >= GOAL_PERCENT && stats.peakPerSecond <= PER_SECOND && refused === 0;
    return [
      consumers,
      stats.requests,
      seconds.toFixed(2),
      `${percent.toFixed(1)} %`,
      stats.peakPerSecond,
      refused,
      kept ? "yes" : "no",
    ];
  });
  print(table(["consumers", "requests", "s", "of the budget", "peak in a second", "429s", "kept"], rows));
  print(
    `\nbudget ${PER_SECOND} a second, latency ${LATENCY_MS.min} to ${LATENCY_MS.max} ms; goal ${GOAL_PERCENT} %, peak ${PER_SECOND}, no 429\n`,
  );

  const pauses = await Promise.all([1, 2, 5].map((consumers) => aroundPause(consumers)));
  print(table(["consumers", "s from the pause's end to the full rate", "peak in a second", "kept"], pauses));
  print(
    `\nfull rate: ${GOAL_PERCENT} % of the budget within a second; goal ${GOAL_SECONDS_TO_FULL_RATE} s\n${machine()}`,
  );
}

async function aroundPause(consumers: number): Promise<(string | number)[]> {
  const { fromMs, toMs, retryAfterSeconds } = REFUSAL;
  const { stats, arrivals } = await fetchAll(consumers, IDS_AROUND_PAUSE, {
    misbehaviour: [{ window: { fromMs, toMs }, answer: { status: 429, retryAfter: retryAfterSeconds } }],
  });
  const refused = arrivals.filter(({ outcome }) => outcome === 429).map(({ at }) => at);
  const pauseEnd = (refused.at(-1) ?? 0) + retryAfterSeconds * 1000;
  const after = arrivals.map(({ at }) => at).filter((at) => at > pauseEnd);
  // The first second that holds as many as the goal asks for, counted to its end.
  const enough = Math.floor((PER_SECOND * GOAL_PERCENT) / 100);
  const index = after.findIndex((at, nth) => (after[nth + enough - 1] ?? Number.POSITIVE_INFINITY) - at < 1000);
  const seconds = ((after[index + enough - 1] ?? Number.POSITIVE_INFINITY) - pauseEnd) / 1000;
  const kept = seconds <= GOAL_SECONDS_TO_FULL_RATE && stats.peakPerSecond <= PER_SECOND;
  return [consumers, seconds.toFixed(2), stats.peakPerSecond, kept ? "yes" : "no"];
}

type StandInOptions = Partial<Parameters<typeof startTmdbStandIn>[0]>;

async function fetchAll(consumers: number, count: number, options: StandInOptions = {}) {
  const facts = Array.from({ length: count }, (_, n) => movie(1_000_000 + n));
  const tmdb: TmdbStandIn = await startTmdbStandIn({
    facts,
    token: TOKEN,
    requestsPerSecond: PER_SECOND,
    latencyMs: LATENCY_MS,
    ...options,
  });
  const lotes = Array.from({ length: count / LOTE }, (_, n) =>
    facts.slice(n * LOTE, (n + 1) * LOTE).map(({ imdb_id }) => imdb_id ?? ""),
  );
  await Promise.all(
    Array.from({ length: consumers }, async (_, nth) => {
      const task: ConsumerTask = {
        settings: { token: TOKEN, baseUrl: tmdb.url, language: "pt-BR", requestsPerSecond: PER_SECOND },
        consumers,
        lotes: lotes.filter((_, index) => index % consumers === nth),
      };
      const worker = new Worker(new URL("./budget-thread.ts", import.meta.url), { workerData: task });
      await once(worker, "exit");
    }),
  );
  const [stats, arrivals] = await Promise.all([tmdb.stats(), tmdb.arrivals()]);
  await tmdb.stop();
  return { consumers, stats, arrivals };
}

export function movie(number: number): MovieRecord {
  return {
    id: number,
    imdb_id: `tt${number}`,
    title: `Filme ${number}`,
    runtime: 120,
    release_date: "1994-09-23",
    budget: 0,
    revenue: 0,
    popularity: 1,
    vote_average: 7,
    vote_count: 100,
  };
}
