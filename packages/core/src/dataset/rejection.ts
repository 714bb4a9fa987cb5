import { formatNumber } from "../format-number.ts";
import { filterInWords, type MovieFilter, NUMBERS_IN_WORDS } from "./movies.ts";
import type { CompactSelection, OddRows, Selection } from "./select-ids.ts";

/** What a CSV has to be like for its run to take the place of an earlier one. */
export interface Acceptance {
  readonly filter: MovieFilter;
  /** Of the rows. */
  readonly maxMalformedPercent: number;
}

/**
 * Why a CSV that can be read is not to be used all the same: something must have gone wrong where it was made.
 * @returns one line that says what is wrong and what to do; undefined when the CSV is good enough
 */
export function rejectionOf(
  selection: Selection | CompactSelection,
  { filter, maxMalformedPercent }: Acceptance,
): string | undefined {
  const { rows, malformed, unreadable, ids, firstMalformed, firstUnreadable } = selection;
  const isTooMuch = ({ count }: OddRows) => count * 100 > rows * maxMalformedPercent;
  const shareHas = ({ count, first_lines: [first = 0] }: OddRows) =>
    `${formatNumber(count)} of ${formatNumber(rows)} rows (the first on line ${formatNumber(first)}) ${count === 1 ? "has" : "have"}`;
  const advice = `MAX_MALFORMED_PERCENT allows ${maxMalformedPercent} %; correct the CSV, or use it as it is with --force`;
  if (isTooMuch(malformed)) {
    return `${shareHas(malformed)} more or fewer columns than the header: ${firstMalformed}; ${advice}`;
  }
  if (isTooMuch(unreadable)) {
    return `${shareHas(unreadable)} ${NUMBERS_IN_WORDS} that are no plain number: ${firstUnreadable}; ${advice}`;
  }
  if (ids.length > 0) return undefined;
  if (rows === 0)
    return "it has a header and no rows; see whether it is the right CSV, or use it as it is with --force";
  return `none of its ${formatNumber(rows)} rows is of a movie ${filterInWords(filter).join(", ")}; see whether it is the right CSV, or use it as it is with --force`;
}
