import { expect, test } from "vitest";
import { runSchedules } from "../src/run-schedules.ts";

const SEED = 5;
// A short one of many troubles and some deaths: the simulation has the many, and this shows what HTTP adds.
const SCHEDULES = [10];

test("after calls that failed, processes that died and messages that came twice, every promise holds", async () => {
  const lines: string[] = [];
  const sum = await runSchedules({
    seed: SEED,
    indexes: SCHEDULES,
    threads: 1,
    print: (line) => lines.push(line),
  });
  expect(sum.broken, lines.join("\n")).toBe(0);
  expect(sum.schedules).toBe(SCHEDULES.length);
  // What the test is about did happen. A seed decides what is tried, and the machine's speed decides how often it comes to it.
  expect(sum.troubles).toBeGreaterThan(0);
  expect(sum.deaths).toBeGreaterThan(0);
});
