import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { test } from "vitest";
import { BUDGET, startTimed } from "./timed-tmdb.ts";

// How much of the budget is used is in the test of the same name in packages/tmdb, where time is virtual. Here both tests wait at once.

test.concurrent("ids end stored or not_found, each asked for once, with no sliding second over the budget", async ({
  expect,
}) => {
  const known = movieIds(290);
  const unknown = Array.from({ length: 10 }, (_, index) => `tt${7_000_000 + index}`);
  const { run, end } = await startTimed({ facts: known.map(facts), latencyMs: { min: 5, max: 35 } });

  await run.drop(csvSelecting([...known, ...unknown]));
  const account = await run.settled();
  expect(account?.settled).toBe(true);
  expect(account?.stored).toBe(known.length);
  expect(account?.failures.map((entry) => entry.imdb_id).sort()).toEqual(unknown);
  expect(new Set(account?.failures.map((entry) => entry.reason))).toEqual(new Set(["not_found"]));

  const { arrivals, peak } = await end();
  expect(arrivals.map(({ id }) => id).sort()).toEqual([...known, ...unknown]);
  expect(arrivals.filter(({ outcome }) => outcome === 429)).toEqual([]);
  expect(peak).toBeLessThanOrEqual(BUDGET);
});

test.concurrent("a storm of 429s, random 500s and resets, and hanging requests cost no record", async ({ expect }) => {
  const known = movieIds(200);
  const { run, end } = await startTimed({
    facts: known.map(facts),
    latencyMs: 10,
    misbehaviour: [
      { window: { fromMs: 500, toMs: 2_500 }, answer: { status: 429 } },
      { ids: ["tt1000042", "tt1000170"], times: 1, answer: "hang" },
      { share: 0.05, answer: { status: 500 } },
      { share: 0.02, answer: "reset" },
    ],
  });

  await run.drop(csvSelecting(known));
  const account = await run.settled();
  expect(account?.settled).toBe(true);
  expect(account?.failures).toEqual([]);
  expect(account?.stored).toBe(known.length);
  const { arrivals, peak } = await end();
  expect(peak).toBeLessThanOrEqual(BUDGET);
  // What the test is about did happen.
  const outcomes = arrivals.map(({ outcome }) => outcome);
  expect(outcomes).toEqual(expect.arrayContaining([429, 500, "reset"]));
  expect(outcomes.filter((outcome) => outcome === "hang")).toHaveLength(2);
});
