import { afterEach } from "vitest";
import { startTmdbStandIn, type TmdbStandIn } from "../../src/index.ts";
import { Run } from "./support.ts";

const TOKEN = "the-token-of-the-tests";
/** Ten times TMDB's, so that 10,000 ids take 25 s and not four minutes. */
export const BUDGET = 400;
// A look at the run takes time from the consumers and the server whose clocks are tested: once a second is enough.
export const SETTLED = { timeout: 100_000, interval: 1_000 };

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

/** A server that enforces the budget, and the pipeline that keeps to it. Both end with the test. */
export async function startClocked(
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
