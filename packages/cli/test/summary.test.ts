import { Accountant, runKey } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { queuedRun } from "@lotes/core/testing/runs";
import { expect, test } from "vitest";
import { Progress } from "../src/progress.ts";
import { RunWatch } from "../src/run-watch.ts";
import { type RunResult, summaryLines } from "../src/summary.ts";

const DATE = "2026/11/23";
const RUN = queuedRun("1");
const REJECTED = { source: { ...RUN.source, sequencer: "2" }, reason: "it is empty", at: RUN.started_at };

/** What `lotes run` makes of a date's `_run.json`. */
async function watched(run: object) {
  const store = new MemoryStore();
  await store.overwrite(runKey(DATE), JSON.stringify(run));
  const progress = new Progress(40, { write: () => true });
  return new RunWatch().untilSettled(new Accountant(store, DATE), progress, new AbortController().signal);
}

test("the summary of a run says which day it took for today, and that a later upload was rejected", async () => {
  const result: RunResult = {
    date: DATE,
    isToday: true,
    bucket: "data-lake",
    account: await watched({ ...RUN, rejected: REJECTED }),
    requests: 0,
    seconds: 1,
    out: "out",
    files: [],
    logFile: ".lotes/run.log",
  };
  const lines = summaryLines(result, 40);
  expect(lines).toContain(`Run ${RUN.run} of 2026/11/23, which is today in UTC`);
  expect(lines).toContain("! a later upload was rejected, and this run stays in force: it is empty");
  expect(summaryLines({ ...result, isToday: false }, 40)).toContain(`Run ${RUN.run} of 2026/11/23`);
});

test("a run whose CSV was rejected is an error", async () => {
  const run = { ...RUN, status: "rejected", error: "it is empty", rejected: REJECTED };
  await expect(watched(run)).rejects.toMatchObject({
    code: "csv_rejected",
    message: "the CSV was rejected: it is empty",
  });
});
