import { setTimeout as delay } from "node:timers/promises";
import type { MovieRecord } from "@lotes/core";
import { startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import { LambdaFunction } from "@lotes/local/lambda/lambda-function";
import type { ConsumerTask } from "./budget-handler.ts";
import { machine, print } from "./machine.ts";
import { table } from "./table.ts";

const TOKEN = "token";
const PER_SECOND = 40;
const IDS = 2_000;
const LOTE = 100;
/** From the end of an invocation to the next one's beginning: SQS and Lambda. */
const GAP_MS = 10;
const STEADY_MS = 60;
const VARYING_MS = { min: 30, max: 90 };
/** The server refuses everything for a moment, and asks for a pause. */
const REFUSAL = { fromMs: 4_000, toMs: 4_400, retryAfterSeconds: 3 };
const GOAL_SECONDS_TO_FULL_RATE = 2;
const GOAL_PERCENT_OF_FULL_RATE = 98;
const IDS_AROUND_PAUSE = 600;

interface Consumers {
  /** Execution environments that Lambda keeps warm; the one that is idle longest is next. */
  readonly environments: number;
  /** Invocations at once. */
  readonly atOnce: number;
}

interface Case extends Consumers {
  /** Milliseconds by which each request is delayed on its way, at the most. */
  readonly jitterMs: number;
  readonly latencyMs: number | { readonly min: number; readonly max: number };
  /** Null where nobody set one. */
  readonly goalPercent: number | null;
}

const CASES: readonly Case[] = [
  { environments: 2, atOnce: 2, jitterMs: 0, latencyMs: STEADY_MS, goalPercent: 98 },
  { environments: 3, atOnce: 2, jitterMs: 0, latencyMs: STEADY_MS, goalPercent: 97 },
  { environments: 5, atOnce: 2, jitterMs: 0, latencyMs: STEADY_MS, goalPercent: 97 },
  { environments: 5, atOnce: 5, jitterMs: 0, latencyMs: STEADY_MS, goalPercent: 97 },
  { environments: 2, atOnce: 2, jitterMs: 0, latencyMs: VARYING_MS, goalPercent: null },
  { environments: 2, atOnce: 2, jitterMs: 30, latencyMs: STEADY_MS, goalPercent: null },
  { environments: 3, atOnce: 2, jitterMs: 100, latencyMs: STEADY_MS, goalPercent: 90 },
  { environments: 5, atOnce: 2, jitterMs: 250, latencyMs: STEADY_MS, goalPercent: null },
];

/** How many cases are measured at the same time: each is idle but for 40 requests a second. */
const CASES_AT_ONCE = 4;

/** How much of TMDB's budget is used, seen from the server, by whichever environments and over whichever path; and how soon again after a 429. */
export async function benchBudget(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (let nth = 0; nth < CASES.length; nth += CASES_AT_ONCE) {
    rows.push(...(await Promise.all(CASES.slice(nth, nth + CASES_AT_ONCE).map(measured))));
  }
  print(
    table(
      [
        "environments",
        "at once",
        "jitter ms",
        "answer ms",
        "requests",
        "s",
        "of the budget",
        "peak in a second",
        "429s",
        "goal",
        "kept",
      ],
      rows,
    ),
  );
  print(`\nbudget ${PER_SECOND} a second, lotes of ${LOTE}; no second above it, no 429\n`);

  const pauses = await Promise.all(
    [
      { environments: 2, atOnce: 2 },
      { environments: 3, atOnce: 2 },
      { environments: 5, atOnce: 5 },
    ].map(aroundPause),
  );
  print(
    table(["environments", "at once", "s from the pause's end to the full rate", "peak in a second", "kept"], pauses),
  );
  print(
    `\nfull rate: ${GOAL_PERCENT_OF_FULL_RATE} % of the budget within a second; goal ${GOAL_SECONDS_TO_FULL_RATE} s\n${machine()}`,
  );
}

async function measured({ jitterMs, latencyMs, goalPercent, ...consumers }: Case): Promise<(string | number)[]> {
  const { stats } = await fetchAll(consumers, IDS, { latencyMs, wayMs: { min: 0, max: jitterMs } });
  const seconds = ((stats.lastArrivalAt ?? 0) - (stats.firstArrivalAt ?? 0)) / 1000;
  const percent = (stats.requests / seconds / PER_SECOND) * 100;
  const refused = stats.outcomes[429] ?? 0;
  const kept = percent >= (goalPercent ?? 0) && stats.peakPerSecond <= PER_SECOND && refused === 0;
  return [
    consumers.environments,
    consumers.atOnce,
    jitterMs,
    typeof latencyMs === "number" ? `${latencyMs}` : `${latencyMs.min} to ${latencyMs.max}`,
    stats.requests,
    seconds.toFixed(2),
    `${percent.toFixed(1)} %`,
    stats.peakPerSecond,
    refused,
    goalPercent === null ? "" : `${goalPercent} %`,
    kept ? "yes" : "no",
  ];
}

async function aroundPause(consumers: Consumers): Promise<(string | number)[]> {
  const { fromMs, toMs, retryAfterSeconds } = REFUSAL;
  const { stats, arrivals } = await fetchAll(consumers, IDS_AROUND_PAUSE, {
    latencyMs: STEADY_MS,
    misbehaviour: [{ window: { fromMs, toMs }, answer: { status: 429, retryAfter: retryAfterSeconds } }],
  });
  const refused = arrivals.filter(({ outcome }) => outcome === 429).map(({ at }) => at);
  const pauseEnd = (refused.at(-1) ?? 0) + retryAfterSeconds * 1000;
  const after = arrivals.map(({ at }) => at).filter((at) => at > pauseEnd);
  // The first second that holds as many as the goal asks for, counted to its end.
  const enough = Math.floor((PER_SECOND * GOAL_PERCENT_OF_FULL_RATE) / 100);
  const index = after.findIndex((at, nth) => (after[nth + enough - 1] ?? Number.POSITIVE_INFINITY) - at < 1000);
  const seconds = ((after[index + enough - 1] ?? Number.POSITIVE_INFINITY) - pauseEnd) / 1000;
  const kept = seconds <= GOAL_SECONDS_TO_FULL_RATE && stats.peakPerSecond <= PER_SECOND;
  return [consumers.environments, consumers.atOnce, seconds.toFixed(2), stats.peakPerSecond, kept ? "yes" : "no"];
}

type StandInOptions = Partial<Parameters<typeof startTmdbStandIn>[0]>;

async function fetchAll({ environments, atOnce }: Consumers, count: number, options: StandInOptions) {
  const facts = Array.from({ length: count }, (_, n) => movie(1_000_000 + n));
  const tmdb: TmdbStandIn = await startTmdbStandIn({ facts, token: TOKEN, requestsPerSecond: PER_SECOND, ...options });
  const task: ConsumerTask = {
    settings: { token: TOKEN, baseUrl: tmdb.url, language: "pt-BR", requestsPerSecond: PER_SECOND },
    consumers: atOnce,
  };
  const consumer = new LambdaFunction({
    name: "consumer",
    module: new URL("./budget-handler.ts", import.meta.url).href,
    timeoutMs: 60_000,
    env: { TASK: JSON.stringify(task) },
    onLine: print,
    choose: (_, all) => (all < environments ? Number.NaN : 0),
  });
  // How long a new environment takes is not what is measured.
  await Promise.all(Array.from({ length: environments }, () => consumer.invoke([])));
  const lotes = Array.from({ length: count / LOTE }, (_, n) =>
    facts.slice(n * LOTE, (n + 1) * LOTE).map(({ imdb_id }) => imdb_id ?? ""),
  );
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let lote = lotes.shift(); lote !== undefined; lote = lotes.shift()) {
        await consumer.invoke(lote);
        await delay(GAP_MS);
      }
    }),
  );
  const [stats, arrivals] = await Promise.all([tmdb.stats(), tmdb.arrivals()]);
  await consumer.stop();
  await tmdb.stop();
  return { stats, arrivals };
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
