import { UNKNOWN } from "./filler-cast.ts";
import type { FilmRows } from "./filler-films.ts";
import { type Film, films } from "./films.ts";
import { rankOf } from "./title-ids.ts";

// titulosMaisConhecidos lists four titles at most.
const MOST_KNOWN_FOR = 4;

/**
 * The table's films as rows, in the order of their ids: all of them if their rows fit, else as many as do, from all over the table.
 * @returns the films and the number of their rows, which is at most the one given
 */
export function knownFilms(mostRows: number): { readonly films: readonly FilmRows[]; readonly rows: number } {
  const table = films();
  const knownFor = titlesByName(table);
  const share = Math.min(1, mostRows / table.reduce((sum, film) => sum + film.cast.length, 0));
  const chosen: FilmRows[] = [];
  let passed = 0;
  let rows = 0;
  for (const film of table) {
    passed += film.cast.length;
    if (rows + film.cast.length > passed * share) continue;
    rows += film.cast.length;
    chosen.push({ rank: rankOf(film.imdb_id), text: filmRows(film, knownFor) });
  }
  return { films: chosen, rows };
}

/** What the table does not know of a film or an artist is written as unknown: nothing about a real person is made up. */
function filmRows(film: Film, knownFor: ReadonlyMap<string, readonly string[]>): string {
  const facts = [
    film.imdb_id,
    film.title,
    film.original_title ?? UNKNOWN,
    film.year,
    film.minutes ?? UNKNOWN,
    film.genres,
    film.rating.toFixed(1),
    film.votes,
  ].join("|");
  return film.cast
    .map(([category, name, character]) => {
      const titles = (knownFor.get(name) ?? []).slice(0, MOST_KNOWN_FOR).join(",");
      return `${facts}|${category}|${character ?? UNKNOWN}|${name}|${UNKNOWN}|${UNKNOWN}|${category}|${titles}\n`;
    })
    .join("");
}

/** The ids of the table's films that somebody plays in. */
function titlesByName(table: readonly Film[]): ReadonlyMap<string, readonly string[]> {
  const roles = table.flatMap(({ imdb_id, cast }) => cast.map(([, name]) => ({ name, imdb_id })));
  return new Map(
    [...Map.groupBy(roles, ({ name }) => name)].map(([name, parts]) => [name, parts.map(({ imdb_id }) => imdb_id)]),
  );
}
