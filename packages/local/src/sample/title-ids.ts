/**
 * Every id that a title can have, ranked as text sorts them. IMDb's ids have seven digits, and eight since tt10000000; as text,
 * `tt10356932` comes between `tt1035693` and `tt1035694`. So each seven-digit number from 1000000 to 2999999 is followed by the ten
 * eight-digit ones it begins, and the others stand alone. A film's place in the file is then a plain number.
 */

const FIRST_SHARED = 1_000_000;
const FIRST_ALONE_AGAIN = 3_000_000;
const IDS_PER_SHARED = 11;

const FIRST_RANK_ALONE_AGAIN = FIRST_SHARED + (FIRST_ALONE_AGAIN - FIRST_SHARED) * IDS_PER_SHARED;

/** How many ids there are. */
export const RANKS = FIRST_RANK_ALONE_AGAIN + (10_000_000 - FIRST_ALONE_AGAIN);

/** The rank of an id's seven digits. */
export function rankOfSevenDigits(number: number): number {
  if (number < FIRST_SHARED) return number;
  if (number < FIRST_ALONE_AGAIN) return FIRST_SHARED + (number - FIRST_SHARED) * IDS_PER_SHARED;
  return FIRST_RANK_ALONE_AGAIN + (number - FIRST_ALONE_AGAIN);
}

/** The rank of an id as it is written, `tt` and seven or eight digits. */
export function rankOf(id: string): number {
  const digits = id.slice(2);
  if (digits.length === 7) return rankOfSevenDigits(Number(digits));
  return rankOfSevenDigits(Number(digits.slice(0, 7))) + 1 + Number(digits.slice(7));
}

/** The id of a rank. */
export function idOf(rank: number): string {
  if (rank < FIRST_SHARED) return `tt${String(rank).padStart(7, "0")}`;
  if (rank >= FIRST_RANK_ALONE_AGAIN) return `tt${rank - FIRST_RANK_ALONE_AGAIN + FIRST_ALONE_AGAIN}`;
  const offset = digitsAppended(rank);
  const number = FIRST_SHARED + (rank - FIRST_SHARED - offset) / IDS_PER_SHARED;
  return offset === 0 ? `tt${number}` : `tt${number * 10 + offset - 1}`;
}

/** The rank of the seven-digit id that this one is, or begins with. */
export function sevenDigitRank(rank: number): number {
  return rank - digitsAppended(rank);
}

/** Whether the rank's id has eight digits. */
export function hasEightDigits(rank: number): boolean {
  return digitsAppended(rank) > 0;
}

/** 0 for a seven-digit id; 1 to 10 for the eight-digit ones it begins. */
function digitsAppended(rank: number): number {
  return rank < FIRST_SHARED || rank >= FIRST_RANK_ALONE_AGAIN ? 0 : (rank - FIRST_SHARED) % IDS_PER_SHARED;
}
