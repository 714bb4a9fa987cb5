import { afterEach, describe, expect, test } from "vitest";
import { csvSelecting, facts, movieIds } from "../../../functions/test/support/movies.ts";
import { startTmdbStandIn, type TmdbStandIn } from "../../src/index.ts";
import { Run } from "./support.ts";

const TOKEN = "the-token-of-the-tests";
/** Ten times TMDB's, so that 10,000 ids take 25 s and not four minutes. */
const BUDGET = 400;
// A look at the run takes time from the consumers and the server whose clocks are tested: once a second is enough.
const SETTLED = { timeout: 100_000, interval: 1_000 };

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

async function start(
  options: Partial<Parameters<typeof startTmdbStandIn>[0]>,
): Promise<{ tmdb: TmdbStandIn; run: Run }> {
  const tmdb = await startTmdbStandIn({ facts: [], token: TOKEN, requestsPerSecond: BUDGET, ...options });
  running.push(tmdb);
  const run = await Run.start({
    settings: { TMDB_TOKEN: TOKEN, TMDB_BASE_URL: tmdb.url, TMDB_REQUESTS_PER_SECOND: String(BUDGET) },
  });
  running.push(run);
  return { tmdb, run };
}

describe("against a server that enforces its budget in every sliding second", () => {
  test("10,000 ids end stored or not_found, no second is over the budget, and at least 95 % of it is used", {
    timeout: 120_000,
  }, async () => {
    const known = movieIds(9_800);
    const unknown = Array.from({ length: 200 }, (_, index) => `tt${7_000_000 + index}`);
    const { tmdb, run } = await start({ facts: known.map(facts), latencyMs: { min: 5, max: 35 } });

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

  test("a storm of 429s, random 500s and resets, and hanging requests cost no record", {
    timeout: 120_000,
  }, async () => {
    const known = movieIds(1_200);
    const { tmdb, run } = await start({
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
});
