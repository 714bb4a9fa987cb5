import { afterAll, beforeAll, expect, test } from "vitest";
import { isFunctionsCall } from "../src/coverage.ts";
import { runSchedules } from "../src/run-schedules.ts";
import { Threads } from "../src/threads.ts";

const SCHEDULES = 1_000;
const ROUND = { seed: 18, size: "small", digest: false, untilBroken: true } as const;
// More than one thread is handed at a time.
const TRACED = 12;

let threads: Threads;

beforeAll(() => {
  threads = new Threads(2);
});

afterAll(() => threads[Symbol.asyncDispose]());

test("in a thousand schedules of failures every promise holds", async () => {
  const lines: string[] = [];
  const options = { ...ROUND, schedules: SCHEDULES, stories: 1, print: (line: string) => lines.push(line) };
  const sum = await runSchedules(options, threads);
  expect(sum.broken, lines.join("\n")).toBe(0);
  expect(sum.schedules).toBe(SCHEDULES);
  // What the test is about did happen.
  expect(sum.deaths).toBeGreaterThan(SCHEDULES);
  expect(sum.troubles).toBeGreaterThan(10 * SCHEDULES);
  const { pairs, steps } = sum.coverage;
  expect(new Set([...pairs.keys()].map((pair) => pair.slice(pair.lastIndexOf(": ") + 2)))).toEqual(
    new Set([
      ...["dies before", "dies after", "unsent", "answer lost", "slow", "overtaken"],
      ...["throttled", "broken", "conflict", "in part"],
      ...["frozen", "late", "very late", "twice", "not deleted", "old", "outage"],
    ]),
  );
  // Each function's reads, writes and messages, before its first write and after it.
  expect([...steps.keys()].filter(isFunctionsCall).length).toBeGreaterThan(40);
  expect([...steps.keys()].filter((step) => step.includes(" logs: ")).length).toBeGreaterThan(15);
});

test("a schedule has the same trace in whichever thread and after whichever others it runs", async () => {
  const forth = Array.from({ length: TRACED }, (_, index) => ({ index, focus: undefined }));
  const digests = async (schedules: typeof forth) => {
    const results = await threads.run(schedules, { ...ROUND, digest: true });
    return results.flatMap((each) => each.digests).sort(([a], [b]) => a - b);
  };
  const once = await digests(forth);
  expect(once).toHaveLength(TRACED);
  expect(await digests(forth.toReversed())).toEqual(once);
});

test("an operator's retries come by the seed as well", async () => {
  // There a cancellation meets another write, and is tried again after a random wait.
  const trace = () =>
    threads.lines({ do: "trace", seed: 281, size: "small", schedule: { index: 4_738, focus: undefined } });
  const once = await trace();
  expect(once.filter((line) => /operator \d+ writes the run file .*PreconditionFailed/.test(line))).not.toEqual([]);
  expect(await trace()).toEqual(once);
});
