import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { PortInUseError } from "../port-in-use-error.ts";
import { startThread } from "../start-thread.ts";
import type { Arrival, Stats } from "./arrival-log.ts";
import type { MisbehaviourRule } from "./misbehaviour-rule.ts";
import { ThreadCalls } from "./thread-calls.ts";
import type { ThreadData } from "./thread-messages.ts";
import type { TmdbServerOptions } from "./tmdb-server.ts";

export interface TmdbStandInOptions extends TmdbServerOptions {
  /** Where to listen on 127.0.0.1. Default 0: any free port. */
  readonly port?: number;
}

/** A running stand-in. Everything but `stop` rejects once it has stopped. */
export interface TmdbStandIn {
  /** What TMDB_BASE_URL is to be, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  stats(): Promise<Stats>;
  /** Every request so far, in the order of arrival. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Replaces the rules, from the next request on; the new ones count from zero. */
  misbehave(rules: readonly MisbehaviourRule[]): Promise<void>;
  /** Ends every connection and the thread. A second call waits for the same end. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for TMDB in a thread of its own, so that neither its budget nor its times suffer from a busy main thread.
 * @throws {PortInUseError}
 */
export async function startTmdbStandIn({ port = 0, ...options }: TmdbStandInOptions): Promise<TmdbStandIn> {
  const workerData: ThreadData = { options, port };
  const worker = startThread(new URL("./thread.ts", import.meta.url), { name: "tmdb-stand-in", workerData });
  const url = await listening(worker, port);
  const thread = new ThreadCalls(worker);
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await thread.call({ do: "close" });
    await worker.terminate();
  };
  return {
    url,
    stats: () => thread.call<Stats>({ do: "stats" }),
    arrivals: () => thread.call<readonly Arrival[]>({ do: "arrivals" }),
    misbehave: (rules) => thread.call<void>({ do: "misbehave", rules }),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function listening(worker: Worker, port: number): Promise<string> {
  try {
    const [url] = await once(worker, "message");
    return url;
  } catch (cause) {
    throw PortInUseError.from(cause, port);
  }
}
