import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { expect, test } from "vitest";
import { BUDGET, SETTLED, startTimed } from "./timed-tmdb.ts";

// How much of the budget is used, and 10,000 ids of it, are in the core's test of the same name, where time is virtual.
test("a thousand ids end stored or not_found, each asked for once, with no sliding second over the budget", async () => {
  const known = movieIds(980);
  const unknown = Array.from({ length: 20 }, (_, index) => `tt${7_000_000 + index}`);
  const { run, end } = await startTimed({ facts: known.map(facts), latencyMs: { min: 5, max: 35 } });

  await run.drop(csvSelecting([...known, ...unknown]));
  const accountant = run.accountant();
  await expect.poll(async () => (await accountant.account())?.settled, SETTLED).toBe(true);

  const account = await accountant.account();
  expect(account?.stored).toBe(980);
  expect(account?.failures.map((entry) => entry.imdb_id).sort()).toEqual(unknown);
  expect(new Set(account?.failures.map((entry) => entry.reason))).toEqual(new Set(["not_found"]));

  const { arrivals, peak } = await end();
  expect(arrivals.map(({ id }) => id).sort()).toEqual([...known, ...unknown]);
  expect(arrivals.filter(({ outcome }) => outcome === 429)).toEqual([]);
  expect(peak).toBeLessThanOrEqual(BUDGET);
});
