import { expect, test } from "vitest";
import { csvSelecting, facts, movieIds } from "../../../functions/test/support/movies.ts";
import { BUDGET, SETTLED, startClocked } from "./clocked.ts";

test("10,000 ids end stored or not_found, with no sliding second over the budget and at least 95 % of it used", {
  timeout: 120_000,
}, async () => {
  const known = movieIds(9_800);
  const unknown = Array.from({ length: 200 }, (_, index) => `tt${7_000_000 + index}`);
  const { tmdb, run } = await startClocked({ facts: known.map(facts), latencyMs: { min: 5, max: 35 } });

  await run.drop(csvSelecting([...known, ...unknown]));
  const accountant = run.accountant();
  await expect.poll(async () => (await accountant.take())?.settled, SETTLED).toBe(true);

  const account = await accountant.take();
  expect(account?.stored).toBe(9_800);
  expect(account?.failures.map((entry) => entry.imdb_id).sort()).toEqual(unknown);
  expect(new Set(account?.failures.map((entry) => entry.reason))).toEqual(new Set(["not_found"]));

  const stats = await tmdb.stats();
  expect(stats.requests).toBe(10_000);
  expect(stats.outcomes[429]).toBeUndefined();
  expect(stats.peakPerSecond).toBeLessThanOrEqual(BUDGET);
  const seconds = ((stats.lastArrivalAt ?? 0) - (stats.firstArrivalAt ?? 0)) / 1000;
  expect(stats.requests / seconds / BUDGET).toBeGreaterThanOrEqual(0.95);
});
