import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { expect, test } from "vitest";
import { BUDGET, SETTLED, startTimed } from "./timed-tmdb.ts";

test("a storm of 429s, random 500s and resets, and hanging requests cost no record", async () => {
  const known = movieIds(800);
  const { run, end } = await startTimed({
    facts: known.map(facts),
    latencyMs: 10,
    misbehaviour: [
      { window: { fromMs: 500, toMs: 2_500 }, answer: { status: 429 } },
      { ids: ["tt1000042", "tt1000700"], times: 1, answer: "hang" },
      { share: 0.05, answer: { status: 500 } },
      { share: 0.02, answer: "reset" },
    ],
  });

  await run.drop(csvSelecting(known));
  const accountant = run.accountant();
  await expect.poll(async () => (await accountant.account())?.settled, SETTLED).toBe(true);

  const account = await accountant.account();
  expect(account?.failures).toEqual([]);
  expect(account?.stored).toBe(800);
  const { arrivals, peak } = await end();
  expect(peak).toBeLessThanOrEqual(BUDGET);
  // What the test is about did happen.
  const outcomes = arrivals.map(({ outcome }) => outcome);
  expect(outcomes).toEqual(expect.arrayContaining([429, 500, "reset"]));
  expect(outcomes.filter((outcome) => outcome === "hang")).toHaveLength(2);
});
