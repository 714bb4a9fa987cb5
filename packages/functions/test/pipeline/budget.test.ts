import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { expect, test } from "vitest";
import { BUDGET, startTimed } from "./timed-tmdb.ts";

// How much of the budget is used is in the test of the same name in packages/tmdb, where time is virtual.
test("a storm of 429s, random 500s and resets, and hanging requests cost no record, and no sliding second is over the budget", async () => {
  const known = movieIds(150);
  const unknown = Array.from({ length: 5 }, (_, index) => `tt${7_000_000 + index}`);
  const { run, end } = await startTimed({
    facts: known.map(facts),
    latencyMs: { min: 5, max: 35 },
    misbehaviour: [
      { window: { fromMs: 500, toMs: 1_500 }, answer: { status: 429 } },
      { ids: ["tt1000042", "tt1000120"], times: 1, answer: "hang" },
      { share: 0.05, answer: { status: 500 } },
      { share: 0.02, answer: "reset" },
    ],
  });

  await run.drop(csvSelecting([...known, ...unknown]));
  const account = await run.settled();
  expect(account?.settled).toBe(true);
  expect(account?.failures.map(({ imdb_id, reason }) => [imdb_id, reason]).sort()).toEqual(
    unknown.map((id) => [id, "not_found"]),
  );
  expect(account?.stored).toBe(known.length);
  const { arrivals, peak } = await end();
  expect(peak).toBeLessThanOrEqual(BUDGET);
  // What the test is about did happen.
  const outcomes = arrivals.map(({ outcome }) => outcome);
  expect(outcomes).toEqual(expect.arrayContaining([429, 500, "reset"]));
  expect(outcomes.filter((outcome) => outcome === "hang")).toHaveLength(2);
});
