import { formatNumber } from "../format-number.ts";
import type { Predicates } from "./predicates.ts";

/**
 * The definition of the dataset: what is particular to movies.csv, and to how TMDB is asked for a movie. The parser, the sieve and the keys
 * interpret it. Its settings are in `movie-filter.ts`, and its records in `movie-record.ts`.
 */

/** Where the CSV lies on S3: a folder for each date below the prefix. */
export const INPUT = {
  prefix: "Raw/Local/CSV/Movies/",
  name: "movies.csv",
} as const;

/** What a name must begin with to be taken for the CSV anywhere in the bucket, in any case: `movies.csv.gz`, `Movie.CSV`. */
export const INPUT_NAME_LIKE = /^\s*movies?\.csv/i;
/** In the input's own folders more names are: `filmes.csv`, `movies (1).csv`, `movies.txt`. */
export const MAYBE_INPUT_NAME = /csv|^\s*movies?\b/i;

export const OUTPUT_PREFIX = "Raw/TMDB/JSON/Movies/";

/** The columns that are read, as the source spells them. */
const COLUMNS = { id: "id", year: "anoLancamento", genre: "genero", votes: "numeroVotos" } as const;

export const ID_COLUMN = COLUMNS.id;
export const REQUIRED_COLUMNS: readonly string[] = Object.values(COLUMNS);

/** Which movies are selected: `anoLancamento` and `numeroVotos` above the bounds, `genero` containing one of the genres. */
export interface MovieFilter {
  readonly minYear: number;
  readonly minVotes: number;
  /** Lower case. */
  readonly genres: readonly string[];
}

export function predicatesOf({ minYear, minVotes, genres }: MovieFilter): Predicates {
  return {
    above: [
      { column: COLUMNS.year, bound: minYear },
      { column: COLUMNS.votes, bound: minVotes },
    ],
    contains: { column: COLUMNS.genre, anyOf: genres },
  };
}

/** What the columns with numbers hold, for a line of text. */
export const NUMBERS_IN_WORDS = "a year or votes";

/** Which movies a filter selects, in the two parts of a sentence. */
export function filterInWords({ minYear, minVotes, genres }: MovieFilter): [string, string] {
  return [`after ${minYear}, with more than ${formatNumber(minVotes)} votes`, `of a genre with ${genres.join(" or ")}`];
}

/** Whether it is `tt` and at least seven digits. */
export function isImdbId(id: string): boolean {
  return /^tt\d{7,}$/.test(id);
}

/** Whether it is TMDB's own: digits. */
export function isTmdbId(id: string): boolean {
  return /^\d+$/.test(id);
}

/**
 * Whether TMDB can be asked for the id: an IMDb id (`tt` and at least seven digits) or a TMDB id (digits).
 * Anything else would be put into the path of a URL.
 */
export function isMovieId(id: string): boolean {
  return isImdbId(id) || isTmdbId(id);
}

/**
 * A number of 32 bits for an id, in place of its text: its digits with a 1 before them, which keeps their zeros; negative where it is TMDB's own. No two
 * ids share one.
 * @returns 0 for what is no id, and for an id of more than nine digits
 */
export function numberOfId(id: string): number {
  const [, prefix, digits] = /^(tt(?=\d{7}))?(\d{1,9})$/.exec(id) ?? [];
  return digits === undefined ? 0 : Number(`${prefix ? "" : "-"}1${digits}`);
}

/** The id that a number other than 0 stands for. */
export function idOfNumber(number: number): string {
  const text = String(number);
  return number > 0 ? `tt${text.slice(1)}` : text.slice(2);
}

/** What is wrong with any other id, for a line of text. */
export const NO_MOVIE_ID = "neither tt and seven digits or more, nor digits";

/** What TMDB is asked for, below the version of its API. */
export function moviePath(id: string): string {
  return `movie/${id}`;
}

/** What TMDB's terms of use ask to be said wherever its data is shown or handed on. */
export const ATTRIBUTION =
  "Source: TMDB (themoviedb.org). This product uses the TMDB API but is not endorsed or certified by TMDB.";

/** Six months, the longest that TMDB's terms of use allow to keep what it gave. */
export const LONGEST_KEPT_DAYS = 180;
