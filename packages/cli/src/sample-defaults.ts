/** Enough rows for the filter to have something to do, few enough to be read in a blink. */
export const START_ROWS = 40_000;

export const DEFAULT_SEED = 1;

/** The generator's seeds have 32 bits. */
export const MOST_SEED = 2 ** 32 - 1;
