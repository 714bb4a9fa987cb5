import { expect, test } from "vitest";
import { csvSelecting, facts, movieIds } from "../../../functions/test/support/movies.ts";
import { BUDGET, SETTLED, startClocked } from "./clocked.ts";

test("a storm of 429s, random 500s and resets, and hanging requests cost no record", {
  timeout: 120_000,
}, async () => {
  const known = movieIds(1_200);
  const { tmdb, run } = await startClocked({
    facts: known.map(facts),
    latencyMs: 10,
    misbehaviour: [
      { window: { fromMs: 1_000, toMs: 6_000 }, answer: { status: 429 } },
      { ids: ["tt1000042", "tt1001100"], times: 1, answer: "hang" },
      { share: 0.05, answer: { status: 500 } },
      { share: 0.02, answer: "reset" },
    ],
  });

  await run.drop(csvSelecting(known));
  const accountant = run.accountant();
  await expect.poll(async () => (await accountant.take())?.settled, SETTLED).toBe(true);

  const account = await accountant.take();
  expect(account?.failures).toEqual([]);
  expect(account?.stored).toBe(1_200);
  const { outcomes, peakPerSecond } = await tmdb.stats();
  expect(peakPerSecond).toBeLessThanOrEqual(BUDGET);
  // What the test is about did happen.
  expect(outcomes).toMatchObject({
    429: expect.any(Number),
    500: expect.any(Number),
    reset: expect.any(Number),
    hang: 2,
  });
});
