// A thread of runSchedules, with a lab of its own.
import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { FunctionName } from "@lotes/bundler/function-code";
import { scheduleOf } from "@lotes/schedules/schedule";
import pMap from "p-map";
import { Lab } from "./lab.ts";
import { type Outcome, runSchedule } from "./run-schedule.ts";

export interface Share {
  readonly seed: number;
  readonly indexes: readonly number[];
  readonly atOnce: number;
  /** The functions', bundled once for all threads. */
  readonly scripts: Readonly<Record<FunctionName, string>>;
}

// Beyond that functions run out of time for want of a core, and those in their place need more of it still.
const MOST_BUSY = 0.8;
const LOOK_MS = 100;

let startedAt = 0;

/** Waits until the thread has time for another schedule, whatever else the machine is doing. They begin one after the other. */
async function untilThereIsRoom(): Promise<void> {
  for (;;) {
    const before = performance.eventLoopUtilization();
    await delay(LOOK_MS);
    const { utilization } = performance.eventLoopUtilization(before);
    if (utilization > MOST_BUSY || performance.now() - startedAt < LOOK_MS) continue;
    startedAt = performance.now();
    return;
  }
}

const { seed, indexes, atOnce, scripts } = workerData as Share;
await using lab = await Lab.start(scripts);
await pMap(
  indexes,
  async (index) => {
    await untilThereIsRoom();
    const outcome: Outcome = await runSchedule(scheduleOf(seed, index), lab);
    parentPort?.postMessage(outcome);
  },
  { concurrency: atOnce },
);
