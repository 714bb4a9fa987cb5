/** Fifty genuine files. Beyond, the thirty million ids that titles can have are no longer many more than the films. */
export const MOST_SAMPLE_ROWS = 50_000_000;
