/** What a command's end means to the shell. */
export const EXIT = {
  done: 0,
  /** It could not be done. */
  failed: 1,
  /** Wrong usage or a wrong setting. */
  wrongUsage: 2,
  /** It was done, and `--strict` does not take what came of it. */
  faults: 3,
} as const;
