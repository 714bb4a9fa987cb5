const ignore = () => undefined;

/** Nobody listens to the log, the metrics or the collector. */
export const QUIET = {
  deadLetterQueue: { send: async () => {} },
  requestsPerSecond: 40,
  log: { info: ignore, warn: ignore, error: ignore },
  metrics: { add: ignore, addFailed: ignore },
};
