import { Stopwatch } from "../../src/stages/stopwatch.ts";

const ignore = () => undefined;

/** Nobody listens to the log, the metrics or the collector. */
export const QUIET = {
  deadLetterQueue: { send: async () => {} },
  requestsPerSecond: 40,
  reuse: { hours: 0, origin: undefined },
  reuseHours: 0,
  s3Time: new Stopwatch(),
  log: { info: ignore, warn: ignore, error: ignore },
  metrics: { add: ignore, addFailed: ignore },
};
