import { type Quantiles, type Random, weighted } from "./random.ts";
import { idOf, RANKS, sevenDigitRank } from "./title-ids.ts";
import { type Culture, NICKNAMES, ROLES } from "./words.ts";

/** What the CSV writes for what is not known. */
export const UNKNOWN = "\\N";

// The shares in this file are those of 1,010 rows of the genuine file, unless said otherwise.

/** Age in the film's year. */
const AGES: Quantiles = [
  [0, 7],
  [0.1, 23],
  [0.3, 29],
  [0.5, 35],
  [0.7, 43],
  [0.9, 61],
  [1, 88],
];

const SHORTEST_LIFE = 50;
const LONGEST_LIFE = 100;

/** The year of the extracts: nobody has died later. */
const PRESENT = 2023;

/** What follows `actor` or `actress` among the professions. */
const FURTHER_PROFESSIONS = weighted([
  ["", 54],
  [",soundtrack", 6],
  [",producer", 5],
  [",director,writer", 5],
  [",producer,writer", 5],
  [",writer,producer", 4],
  [",producer,director", 4],
  [",soundtrack,producer", 4],
  [",miscellaneous", 3],
  [",music_department", 3],
  [",composer,music_department", 3],
  [",producer,miscellaneous", 2],
  [",writer,assistant_director", 2],
]);

const KNOWN_FOR_COUNTS = weighted([
  [4, 79],
  [1, 11],
  [2, 6],
  [3, 4],
]);

// New ids for every row would double the time that a row takes, and nothing reads them.
const KNOWN_FOR_POOL = 4096;

/** The made artists of filler films: the seven columns of a row that tell of an artist. */
export class FillerCast {
  readonly #random: Random;
  readonly #titles: readonly string[];

  constructor(random: Random) {
    this.#random = random;
    this.#titles = Array.from({ length: KNOWN_FOR_POOL }, () => {
      const rank = random.below(RANKS);
      // Of all ids two in three have eight digits; of those in this column it is one in seven.
      return idOf(random.oneIn(5) ? rank : sevenDigitRank(rank));
    });
  }

  /** From `generoArtista` to `titulosMaisConhecidos`, for a film of this culture, year and id. */
  columns(culture: Culture, year: number, id: string): string {
    const random = this.#random;
    const male = random.below(100) < 56;
    const category = male ? "actor" : "actress";
    const character = this.#character(culture, male ? "men" : "women");
    const name = `${random.pick(male ? culture.men : culture.women)} ${random.pick(culture.families)}`;
    // Empty in 16,611 of the genuine file's 1,034,000 rows.
    const professions = random.below(1000) < 16 ? "" : category + random.pick(FURTHER_PROFESSIONS);
    return `${category}|${character}|${name}|${this.#years(year)}|${professions}|${this.#knownFor(id)}`;
  }

  #character(culture: Culture, people: "men" | "women"): string {
    const random = this.#random;
    const given = random.pick(culture[people]);
    // Of a thousand: unknown as often as in the genuine file, and the others so that the mean length is the genuine one.
    const kind = random.below(1000);
    if (kind < 158) return UNKNOWN;
    if (kind < 380) return random.pick(ROLES[people]);
    if (kind < 780) return given;
    if (kind < 940) return `${given} ${random.pick(culture.families)}`;
    if (kind < 980) return `Dr. ${given} ${random.pick(culture.families)}`;
    // Anthologies name their segments between backslashes, which a reader takes for escapes if it has any.
    if (kind < 987) return `${given} (segment \\${random.pick(culture.things)}\\)`;
    if (kind < 994) return `${given} (${random.pick(culture.things)})`;
    return this.#quoted(given, random.pick(culture.families));
  }

  /** Quotes as characters have them: in the middle, at the field's beginning, or with no partner. */
  #quoted(given: string, family: string): string {
    const nickname = this.#random.pick(NICKNAMES);
    switch (this.#random.below(4)) {
      case 0:
        return `"${nickname}" / ${given}`;
      case 1:
        return `${given} '${nickname}"`;
      default:
        return `${given} "${nickname}" ${family}`;
    }
  }

  /** Birth and death. */
  #years(filmYear: number): string {
    const random = this.#random;
    if (random.below(100) >= 47) return `${UNKNOWN}|${UNKNOWN}`;
    const birth = filmYear - Math.floor(random.draw(AGES));
    const death = birth + random.between(SHORTEST_LIFE, LONGEST_LIFE);
    return `${birth}|${death >= filmYear && death <= PRESENT ? death : UNKNOWN}`;
  }

  #knownFor(id: string): string {
    const random = this.#random;
    const kind = random.below(1000);
    if (kind < 13) return UNKNOWN;
    const first = kind < 475 ? id : random.pick(this.#titles);
    switch (random.pick(KNOWN_FOR_COUNTS)) {
      case 1:
        return first;
      case 2:
        return `${first},${random.pick(this.#titles)}`;
      case 3:
        return `${first},${random.pick(this.#titles)},${random.pick(this.#titles)}`;
      default:
        return `${first},${random.pick(this.#titles)},${random.pick(this.#titles)},${random.pick(this.#titles)}`;
    }
  }
}
