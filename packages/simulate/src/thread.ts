// A thread of runSchedules: one schedule after the other, each in a time of its own.
import "./globals.ts";
import { parentPort } from "node:worker_threads";
import { scheduleOf } from "@lotes/schedules/schedule";
import { SIZES, type SizeName } from "@lotes/schedules/size";
import { untakenBranches } from "./branches.ts";
import { addOutcome, type Coverage, noCoverage } from "./coverage.ts";
import { Digest } from "./digest.ts";
import { runSchedule } from "./run-schedule.ts";
import { Shrinker } from "./shrink.ts";
import type { Focus } from "./simulation.ts";
import { storyOf } from "./story.ts";

/** One schedule of a series. */
export interface ScheduleSpec {
  readonly index: number;
  readonly focus: Focus | undefined;
}

/** All schedules of a seed and a size. */
export interface Series {
  readonly seed: number;
  readonly size: SizeName;
}

export type Task =
  | ({ readonly do: "run"; readonly schedules: readonly ScheduleSpec[]; readonly digest: boolean } & Series)
  | LinesTask
  | { readonly do: "branches" };

export type LinesTask = { readonly do: "trace" | "shrink"; readonly schedule: ScheduleSpec } & Series;

/** A schedule that broke a promise. */
export interface Broken extends ScheduleSpec {
  readonly wrong: readonly string[];
}

/** What became of some schedules. */
export interface Results {
  readonly schedules: number;
  readonly troubles: number;
  readonly deaths: number;
  readonly events: number;
  readonly broken: readonly Broken[];
  readonly coverage: Coverage;
  /** Of each schedule's trace, where that was asked for. */
  readonly digests: readonly (readonly [index: number, digest: string])[];
}

// Stack traces of errors that are answers take longer than all else, and nobody reads them.
Error.stackTraceLimit = 0;

async function run({ seed, size, schedules, digest }: Extract<Task, { do: "run" }>): Promise<Results> {
  const sum = { schedules: 0, troubles: 0, deaths: 0, events: 0 };
  const broken: Broken[] = [];
  const digests: [number, string][] = [];
  const coverage = noCoverage();
  for (const { index, focus } of schedules) {
    const traced = digest ? new Digest() : undefined;
    const trace = traced && ((line: string) => traced.add(line));
    const outcome = await runSchedule({ schedule: scheduleOf(seed, index, SIZES[size]), focus, trace });
    sum.schedules++;
    sum.troubles += outcome.troubles;
    sum.deaths += outcome.deaths;
    sum.events += outcome.events;
    if (outcome.wrong.length > 0) broken.push({ index, focus, wrong: outcome.wrong });
    if (traced) digests.push([index, traced.text()]);
    addOutcome(coverage, outcome);
  }
  return { ...sum, broken, coverage, digests };
}

async function lines({ do: task, seed, size, schedule: { index, focus } }: LinesTask): Promise<string[]> {
  const schedule = scheduleOf(seed, index, SIZES[size]);
  if (task === "shrink") {
    const shrunk = await Shrinker.shrink(schedule, focus, runSchedule);
    return shrunk ? await storyOf(shrunk) : [];
  }
  const traced: string[] = [];
  const { wrong } = await runSchedule({ schedule, focus, trace: (line) => traced.push(line) });
  return [...traced, ...wrong];
}

function done(task: Task): Promise<unknown> {
  switch (task.do) {
    case "run":
      return run(task);
    case "branches":
      return untakenBranches();
    default:
      return lines(task);
  }
}

parentPort?.on("message", async (task: Task) => {
  parentPort?.postMessage(await done(task));
});
