import { RANKS, rankOfSevenDigits } from "./title-ids.ts";

/** A stretch of ids and the films that have them. */
export interface Era {
  /** The first of its ids, as seven digits. */
  readonly from: number;
  /** How many of a genuine file's films have ids of this stretch, in proportion to the other eras. */
  readonly weight: number;
  /** First and last year of its films. */
  readonly years: readonly [number, number];
}

// IMDb gave its first hundred thousand ids by year and all others as films came. The years are the quartiles measured on public
// extracts, the weights what gives the decades their true proportions. Eight-digit ids are all of the last years: see filler-films.ts.
export const ERAS: readonly Era[] = [
  { from: 1, weight: 5, years: [1908, 1919] },
  { from: 10_000, weight: 10, years: [1920, 1929] },
  { from: 20_000, weight: 20, years: [1930, 1937] },
  { from: 30_000, weight: 20, years: [1938, 1947] },
  { from: 40_000, weight: 25, years: [1948, 1956] },
  { from: 50_000, weight: 27, years: [1957, 1965] },
  { from: 60_000, weight: 30, years: [1966, 1973] },
  { from: 70_000, weight: 35, years: [1973, 1979] },
  { from: 80_000, weight: 35, years: [1980, 1985] },
  { from: 90_000, weight: 33, years: [1985, 1990] },
  { from: 100_000, weight: 100, years: [1990, 2000] },
  { from: 200_000, weight: 50, years: [1998, 2003] },
  { from: 300_000, weight: 45, years: [2001, 2004] },
  { from: 400_000, weight: 45, years: [2003, 2007] },
  { from: 500_000, weight: 30, years: [2006, 2010] },
  { from: 1_000_000, weight: 130, years: [2008, 2011] },
  { from: 2_000_000, weight: 90, years: [2011, 2014] },
  { from: 3_000_000, weight: 60, years: [2012, 2015] },
  { from: 4_000_000, weight: 50, years: [2014, 2016] },
  { from: 5_000_000, weight: 45, years: [2015, 2017] },
  { from: 6_000_000, weight: 35, years: [2016, 2018] },
  { from: 7_000_000, weight: 30, years: [2017, 2018] },
  { from: 8_000_000, weight: 20, years: [2018, 2019] },
  { from: 9_000_000, weight: 15, years: [2018, 2020] },
];

// The genuine file's 1,034,000 rows at 4.3 rows a film. A larger sample needs more ids than the early eras have: what goes beyond
// spreads evenly over all ids.
const GENUINE_FILMS = 240_000;

// Where ids are dense a film may get the next free one instead of its own: the last films need some to go to.
const LEFT_FREE_AT_THE_END = 10_000;

/** A place in the file: the id's rank, and the era it is of. */
export interface Place {
  readonly rank: number;
  readonly era: Era;
}

interface Step extends Place {
  readonly ranks: number;
  /** Which share of the films comes before it, and which is in it. */
  readonly before: number;
  readonly share: number;
}

/** Spreads films over the ids as IMDb's are spread. */
export class Spread {
  readonly #rest: Step[];
  #step: Step;

  /** @param films how many there will be, more or less */
  constructor(films: number) {
    const [first, ...rest] = steps(films);
    this.#step = first as Step;
    this.#rest = rest;
  }

  /**
   * The place of a film that has this share of the films before it.
   * @param share below 1, and never less than the last one asked for
   */
  place(share: number): Place {
    while (this.#rest[0] !== undefined && this.#rest[0].before <= share) this.#step = this.#rest.shift() as Step;
    const step = this.#step;
    return { era: step.era, rank: step.rank + Math.floor(((share - step.before) / step.share) * step.ranks) };
  }
}

function steps(films: number): Step[] {
  const genuine = Math.min(films, GENUINE_FILMS) / films;
  const weights = ERAS.reduce((sum, era) => sum + era.weight, 0);
  let before = 0;
  return ERAS.map((era, index) => {
    const rank = rankOfSevenDigits(era.from);
    const next = ERAS[index + 1];
    const ranks = (next === undefined ? RANKS - LEFT_FREE_AT_THE_END : rankOfSevenDigits(next.from)) - rank;
    const share = genuine * (era.weight / weights) + (1 - genuine) * (ranks / RANKS);
    const step = { era, rank, ranks, before, share };
    before += share;
    return step;
  });
}
