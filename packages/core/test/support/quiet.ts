const ignore = () => undefined;

/** Nobody listens to the log or the metrics. */
export const QUIET = {
  log: { info: ignore, warn: ignore, error: ignore },
  metrics: { add: ignore, addFailed: ignore },
};
