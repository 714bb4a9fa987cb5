import { expect, test } from "vitest";
import { isFunctionsCall } from "../src/coverage.ts";
import { runSchedules, type SimulateOptions, type Sum } from "../src/run-schedules.ts";

const SEED = 18;
const SCHEDULES = 1_000;
const THREADS = 2;

function run(options: Partial<SimulateOptions>): Promise<Sum> {
  const usual = { seed: SEED, size: "small", threads: THREADS, stories: 0, digest: false, untilBroken: false } as const;
  return runSchedules({ ...usual, schedules: SCHEDULES, print: () => {}, ...options });
}

test("in a thousand schedules of failures every promise holds", async () => {
  const lines: string[] = [];
  const sum = await run({ stories: 1, untilBroken: true, print: (line) => lines.push(line) });
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
      ...["frozen", "late", "very late", "twice", "not deleted"],
    ]),
  );
  // Each function's reads, writes and messages, before its first write and after it.
  expect([...steps.keys()].filter(isFunctionsCall).length).toBeGreaterThan(40);
  expect([...steps.keys()].filter((step) => step.includes(" logs: ")).length).toBeGreaterThan(15);
});

test("a seed gives the same traces, whatever the number of threads", async () => {
  const digestBy = async (threads: number) => (await run({ schedules: 12, digest: true, threads })).digest;
  const once = await digestBy(1);
  expect(await digestBy(2)).toBe(once);
});
