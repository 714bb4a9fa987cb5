import { expect, test } from "vitest";
import { runSchedules } from "../src/run-schedules.ts";

const SEED = 18;
const SCHEDULES = 300;
const THREADS = 2;

test("in hundreds of schedules of failures every promise holds", async () => {
  const lines: string[] = [];
  const sum = await runSchedules({
    seed: SEED,
    schedules: SCHEDULES,
    threads: THREADS,
    stories: 1,
    digest: false,
    untilBroken: true,
    print: (line) => lines.push(line),
  });
  expect(sum.broken, lines.join("\n")).toBe(0);
  expect(sum.schedules).toBe(SCHEDULES);
  // What the test is about did happen.
  expect(sum.deaths).toBeGreaterThan(SCHEDULES);
  expect(sum.troubles).toBeGreaterThan(10 * SCHEDULES);
});

test("a seed gives the same traces, whatever the number of threads", async () => {
  const digestBy = async (threads: number, seed: number, schedules: number) => {
    const options = { stories: 0, digest: true, untilBroken: false, print: () => {} };
    return (await runSchedules({ ...options, seed, schedules, threads })).digest;
  };
  const once = await digestBy(1, SEED, 12);
  expect(await digestBy(2, SEED, 12)).toBe(once);
});
