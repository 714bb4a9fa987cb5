import { TmdbHost } from "@lotes/chaos/tmdb-host";
import type { TmdbServerOptions } from "@lotes/local/tmdb/tmdb-server";
import { certainPeak, type TimedArrival } from "@lotes/schedules/certain-peak";
import { afterEach } from "vitest";
import { Run } from "./support.ts";

const TOKEN = "the-token-of-the-tests";
/** Ten times TMDB's, so that a thousand ids take 2.5 s and not 25. */
export const BUDGET = 400;
export const SETTLED = { timeout: 120_000, interval: 250 };

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

/** What a TMDB saw that knows how late it may have looked: a machine that stalls makes it less sure, and never wrong. */
export interface Seen {
  readonly arrivals: readonly TimedArrival[];
  /** The most requests that certainly came within one second. */
  readonly peak: number;
}

/** The pipeline and a server for it to ask. Both end with the test. */
export async function startTimed(options: TmdbServerOptions): Promise<{ run: Run; end: () => Promise<Seen> }> {
  const host = new TmdbHost();
  running.push(host);
  const { server, port } = await host.start({ token: TOKEN, ...options });
  const run = await Run.start({
    settings: {
      TMDB_TOKEN: TOKEN,
      TMDB_BASE_URL: `http://127.0.0.1:${port}`,
      TMDB_REQUESTS_PER_SECOND: String(BUDGET),
    },
  });
  running.push(run);
  const end = async () => {
    const arrivals = await host.end(server);
    return { arrivals, peak: certainPeak(arrivals) };
  };
  return { run, end };
}
