import type { Log, Metrics } from "@lotes/core";

/** A log of one invocation, of which more is known as the work goes on. */
export interface HandlerLog extends Log {
  appendKeys(keys: Record<string, unknown>): void;
}

/** What a handler logs by: Powertools' `Logger`, or what does the same. */
export interface HandlerLogger {
  createChild(options: { readonly persistentKeys: Record<string, unknown> }): HandlerLog;
}

/** What a handler measures by. */
export interface PublishedMetrics extends Metrics {
  /** Runs a handler's work and publishes what was measured meanwhile, however it ends. */
  publishedAfter<T>(work: () => Promise<T>): Promise<T>;
}
