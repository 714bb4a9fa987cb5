import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { startThread } from "@lotes/local/start-thread";
import { addCoverage, type Coverage, leastMet, noCoverage, pairOf } from "./coverage.ts";
import { Digest } from "./digest.ts";
import { promiseOf } from "./promise-of.ts";
import type { Focus } from "./simulation.ts";
import type { Broken, Numbered, Results, Task } from "./thread.ts";

export interface SimulateOptions {
  readonly seed: number;
  readonly schedules: number;
  readonly threads: number;
  /** Whether to take the digest of all traces. */
  readonly digest: boolean;
  /** Of how many broken promises the shortest schedule that breaks them is looked for. */
  readonly stories: number;
  readonly print: (line: string) => void;
}

export interface Sum {
  schedules: number;
  broken: number;
  troubles: number;
  deaths: number;
  /** Things that happened. */
  events: number;
  readonly coverage: Coverage;
  /** Of all traces, in their order; undefined where it was not asked for. */
  digest: string | undefined;
}

// What is looked for in a round follows from the rounds before it, and from nothing else: so it is the same for any number of threads.
const ROUND = 1_000;
// One schedule in so many of a round looks for something.
const FOCUSED_ONE_IN = 2;
// Handed to a thread at a time.
const SHARE = 10;
const SENTENCES_SHOWN = 4;
const LONGEST_SENTENCE = 600;

/** Runs the schedules and tells of each that broke a promise, and how to see it again. */
export async function runSchedules(options: SimulateOptions): Promise<Sum> {
  const { seed, schedules, threads, stories, print } = options;
  const began = performance.now();
  const sum: Sum = {
    schedules: 0,
    broken: 0,
    troubles: 0,
    deaths: 0,
    events: 0,
    coverage: noCoverage(),
    digest: undefined,
  };
  const digest = new Digest();
  const told = () => {
    const seconds = (performance.now() - began) / 1000;
    const { schedules: done, troubles, deaths, broken } = sum;
    return `${done} schedules, ${troubles} troubles, ${deaths} deaths, ${broken} broken promises, ${seconds.toFixed(0)} s (${(done / seconds).toFixed(0)} a second)`;
  };
  print(`seed ${seed}`);
  const workers = Array.from({ length: threads }, startSimulating);
  /** The first schedule that broke each promise. */
  const firsts = new Map<string, Broken>();
  try {
    for (let from = 0; from < schedules; from += ROUND) {
      const focuses = leastMet(sum.coverage);
      const round = Array.from({ length: Math.min(ROUND, schedules - from) }, (_, nth) =>
        numbered(from + nth, focuses),
      );
      const results = await runRound(round, workers, options);
      for (const each of results) addResults(sum, each);
      for (const [, text] of results.flatMap(({ digests }) => digests).sort(([a], [b]) => a - b)) digest.add(text);
      for (const broken of results.flatMap((each) => each.broken).sort((a, b) => a.index - b.index)) {
        print(toldOf(seed, broken));
        const promise = promiseOf(broken.wrong[0] ?? "");
        if (!firsts.has(promise)) firsts.set(promise, broken);
      }
      print(told());
    }
    for (const { index, focus } of [...firsts.values()].slice(0, stories)) {
      const story = await ask<string[]>(workers[0] as Worker, { do: "shrink", seed, schedule: { index, focus } });
      print(["", again(seed, { index, focus }), ...story].join("\n"));
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  if (options.digest) sum.digest = digest.text();
  return sum;
}

/** The trace of one schedule, or the story of the shortest one that breaks the same promise. */
export async function linesOf(task: Extract<Task, { do: "trace" | "shrink" }>): Promise<string[]> {
  const worker = startSimulating();
  try {
    return await ask(worker, task);
  } finally {
    await worker.terminate();
  }
}

function startSimulating(): Worker {
  return startThread(new URL("./thread.ts", import.meta.url), { execArgv: [] });
}

async function ask<T>(worker: Worker, task: Task): Promise<T> {
  worker.postMessage(task);
  const [answer] = await once(worker, "message");
  return answer;
}

function numbered(index: number, focuses: readonly Focus[]): Numbered {
  const looks = index % FOCUSED_ONE_IN === 0 && focuses.length > 0;
  return { index, focus: looks ? focuses[Math.floor(index / FOCUSED_ONE_IN) % focuses.length] : undefined };
}

async function runRound(
  round: readonly Numbered[],
  workers: readonly Worker[],
  { seed, digest }: SimulateOptions,
): Promise<Results[]> {
  const results: Results[] = [];
  let next = 0;
  await Promise.all(
    workers.map(async (worker) => {
      while (next < round.length) {
        const share = round.slice(next, next + SHARE);
        next += SHARE;
        results.push(await ask<Results>(worker, { do: "run", seed, schedules: share, digest }));
      }
    }),
  );
  return results;
}

function addResults(sum: Sum, results: Results): void {
  sum.schedules += results.schedules;
  sum.broken += results.broken.length;
  sum.troubles += results.troubles;
  sum.deaths += results.deaths;
  sum.events += results.events;
  addCoverage(sum.coverage, results.coverage);
}

function again(seed: number, { index, focus }: Numbered): string {
  return `pnpm simulate --seed ${seed} --index ${index}${focus ? ` --focus "${pairOf(focus)}"` : ""}`;
}

function toldOf(seed: number, broken: Broken): string {
  const shown = broken.wrong.slice(0, SENTENCES_SHOWN).map((sentence) => sentence.slice(0, LONGEST_SENTENCE));
  return [`see it again with ${again(seed, broken)}`, ...shown].join("\n  ");
}
