import { TmdbHost } from "@lotes/chaos/tmdb-host";
import type { TmdbServerOptions } from "@lotes/local/tmdb/tmdb-server";
import { certainPeak, type TimedArrival } from "@lotes/schedules/certain-peak";
import { afterAll } from "vitest";
import { Run } from "./support.ts";

const TOKEN = "the-token-of-the-tests";
/** More than TMDB's, so that what takes several seconds of it takes no longer. */
export const BUDGET = 100;

const host = new TmdbHost();
const running: { stop(): Promise<void> }[] = [host];
afterAll(async () => {
  for (const each of running.reverse()) await each.stop();
});

/** What a TMDB saw that knows how late it may have looked: a machine that stalls makes it less sure, and never wrong. */
export interface Seen {
  readonly arrivals: readonly TimedArrival[];
  /** The most requests that certainly came within one second. */
  readonly peak: number;
}

/** The pipeline and a server for it to ask. Both end with the file's tests. */
export async function startTimed(options: TmdbServerOptions): Promise<{ run: Run; end: () => Promise<Seen> }> {
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
