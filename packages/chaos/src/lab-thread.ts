// A thread of runSchedules, with a lab of its own.
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionName } from "@lotes/bundler/function-code";
import pMap from "p-map";
import { Lab } from "./lab.ts";
import { type Outcome, runSchedule } from "./run-schedule.ts";
import { scheduleOf } from "./schedule.ts";

export interface Share {
  readonly seed: number;
  readonly indexes: readonly number[];
  readonly atOnce: number;
  /** The functions', bundled once for all threads. */
  readonly scripts: Readonly<Record<FunctionName, string>>;
}

const { seed, indexes, atOnce, scripts } = workerData as Share;
await using lab = await Lab.start(scripts);
await pMap(
  indexes,
  async (index) => {
    const outcome: Outcome = await runSchedule(scheduleOf(seed, index), lab);
    parentPort?.postMessage(outcome);
  },
  { concurrency: atOnce },
);
