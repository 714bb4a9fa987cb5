import { type Era, Spread } from "./eras.ts";
import { FillerCast, UNKNOWN } from "./filler-cast.ts";
import { type Quantiles, type Random, weighted } from "./random.ts";
import { hasEightDigits, idOf, sevenDigitRank } from "./title-ids.ts";
import { CULTURES, type Culture, ENGLISH } from "./words.ts";

/** All rows of a film, each with its line end. */
export interface FilmRows {
  readonly rank: number;
  readonly text: string;
}

// The shares in this file are those of the genuine file's excerpt (233 films), or of public extracts (98,579 films) where the excerpt,
// romances of one year, can't tell.

const CAST_SIZES = weighted([
  [4, 185],
  [5, 11],
  [6, 11],
  [3, 7],
  [8, 7],
  [9, 5],
  [7, 3],
  [1, 2],
  [2, 2],
]);
const MEAN_CAST_SIZE = CAST_SIZES.reduce((sum, size) => sum + size, 0) / CAST_SIZES.length;

const VOTES: Quantiles = [
  [0, 5],
  [0.1, 11],
  [0.25, 26],
  [0.5, 110],
  [0.7, 390],
  [0.8, 900],
  [0.9, 4_000],
  [0.95, 9_500],
  [0.98, 38_000],
  [0.99, 90_000],
  [0.999, 650_000],
  [1, 2_300_000],
];

const MINUTES: Quantiles = [
  [0, 45],
  [0.05, 62],
  [0.25, 83],
  [0.5, 93],
  [0.75, 107],
  [0.9, 124],
  [0.95, 138],
  [1, 220],
];

/** In tenths. */
const RATINGS: Quantiles = [
  [0, 10],
  [0.1, 43],
  [0.3, 56],
  [0.5, 63],
  [0.7, 69],
  [0.9, 79],
  [1, 98],
];

const OTHER_GENRES: readonly (readonly [string, number])[] = [
  ["Drama", 44],
  ["Comedy", 24],
  ["Action", 11],
  ["Thriller", 11],
  ["Romance", 11],
  ["Horror", 10],
  ["Adventure", 7],
  ["Biography", 4],
  ["Documentary", 4],
  ["Family", 5],
  ["History", 4],
  ["Animation", 4],
  ["Mystery", 4],
  ["Fantasy", 4],
  ["Sci-Fi", 3],
  ["Music", 3],
  ["Sport", 2],
  ["Musical", 1],
  ["Western", 1],
];
const GENRES_WITHOUT_SELECTED = weighted(OTHER_GENRES);
const ALL_GENRES = weighted([...OTHER_GENRES, ["Crime", 8], ["War", 2]]);

const GENRE_COUNTS = weighted([
  [1, 41],
  [3, 33],
  [2, 26],
]);

// A film with no more votes, or from no later, is not selected whatever its genres.
const NOT_SELECTED = { votes: 10_000, year: 1960 };

// The year of the first feature film.
const FIRST_YEAR = 1906;

const EIGHT_DIGIT_YEARS = [2018, 2023] as const;

const FILM_CULTURES = weighted(CULTURES);

/** Films that the filter never selects, in the order of their ids; their rows are exactly as many as asked for. */
export class FillerFilms {
  readonly #random: Random;
  readonly #cast: FillerCast;

  constructor(random: Random) {
    this.#random = random;
    this.#cast = new FillerCast(random);
  }

  /** @param taken ranks of ids that are not to be used */
  *films(rows: number, taken: ReadonlySet<number>): Generator<FilmRows> {
    const random = this.#random;
    const spread = new Spread(rows / MEAN_CAST_SIZE);
    let previous = -1;
    let size: number;
    for (let done = 0; done < rows; done += size) {
      size = Math.min(random.pick(CAST_SIZES), rows - done);
      const { rank: wanted, era } = spread.place((done + random.fraction() * size) / rows);
      // Where ids of seven and of eight digits interleave, half of the films have seven.
      const rank = random.oneIn(2) ? sevenDigitRank(wanted) : wanted;
      previous = Math.max(rank, previous + 1);
      while (taken.has(previous)) previous++;
      yield { rank: previous, text: this.#rows(previous, era, size) };
    }
  }

  #rows(rank: number, era: Era, size: number): string {
    const random = this.#random;
    const id = idOf(rank);
    const culture = random.pick(FILM_CULTURES);
    const year = this.#year(hasEightDigits(rank) ? EIGHT_DIGIT_YEARS : era.years);
    const votes = Math.floor(random.draw(VOTES));
    const film = [
      id,
      this.#titles(culture),
      // The extracts know nearly every year, the genuine file not quite.
      random.oneIn(1000) ? UNKNOWN : year,
      random.oneIn(12) ? UNKNOWN : Math.floor(random.draw(MINUTES)),
      random.oneIn(125) ? UNKNOWN : this.#genres(votes <= NOT_SELECTED.votes || year <= NOT_SELECTED.year),
      (Math.floor(random.draw(RATINGS)) / 10).toFixed(1),
      votes,
    ].join("|");
    let text = "";
    for (let row = 0; row < size; row++) text += `${film}|${this.#cast.columns(culture, year, id)}\n`;
    return text;
  }

  #year([first, last]: readonly [number, number]): number {
    const year = this.#random.between(first, last);
    // A film that was found again late has a late id.
    return this.#random.oneIn(20) ? Math.max(FIRST_YEAR, year - this.#random.below(40)) : year;
  }

  #genres(any: boolean): string {
    const random = this.#random;
    const choices = any ? ALL_GENRES : GENRES_WITHOUT_SELECTED;
    const genres = new Set<string>();
    for (const count = random.pick(GENRE_COUNTS); genres.size < count; ) genres.add(random.pick(choices));
    return [...genres].sort().join(",");
  }

  /** The principal title, in English or as in its country, and the original one. */
  #titles(culture: Culture): string {
    const random = this.#random;
    // Of a thousand titles: what makes them as long as the genuine ones, and quotes as rare as they can be and still be there.
    const kind = random.below(1000);
    const first = random.below(culture.things.length);
    const second = (first + random.between(1, culture.things.length - 1)) % culture.things.length;
    const given = random.pick(culture.women);
    const number = random.between(2, 4);
    const title = (language: Culture): string => {
      const one = language.things[first] as string;
      const other = language.inside[second] as string;
      if (kind < 330) return one;
      if (kind < 530) return `${given} ${language.and} ${other}`;
      if (kind < 730) return `${one} ${language.and} ${other}`;
      if (kind < 810) return `${one} ${number}`;
      if (kind < 890) return given;
      if (kind < 997) return `${one}: ${given}`;
      // Quotes as titles have them: at the end, or at the field's beginning.
      return kind < 999 ? `${one} "${given.charAt(0)}"` : `"${given}" ${language.and} ${other}`;
    };
    const original = title(culture);
    // Of foreign films every other one is listed under its English title.
    return `${random.oneIn(2) ? title(ENGLISH) : original}|${original}`;
  }
}
