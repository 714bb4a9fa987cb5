import type { MovieRecord } from "@lotes/core";
import { FIRST_KNOWN, KNOWN } from "./known.ts";

function movie(number: number): MovieRecord {
  return {
    id: number,
    imdb_id: `tt${number}`,
    title: `Filme ${number} “ção”`,
    runtime: number % 200,
    release_date: "1994-09-23",
    budget: 0,
    revenue: null,
    popularity: number % 3 === 0 ? 8 : 1.5,
    vote_average: number % 2 === 0 ? 7 : 7.5,
    vote_count: 100,
  };
}

/** Every movie that TMDB knows. */
export const MOVIES: readonly MovieRecord[] = Array.from({ length: KNOWN }, (_, n) => movie(FIRST_KNOWN + n));

/** The two numbers that may have a fraction have a decimal point in every line. */
function lineWith(known: MovieRecord): string {
  return JSON.stringify(known).replace(/(?<="(?:popularity|vote_average)":\d+)(?=,)/g, ".0");
}

const LINES = new Map(
  MOVIES.flatMap((known) => [
    [known.imdb_id ?? "", lineWith(known)],
    [String(known.id), lineWith(known)],
  ]),
);

/** A movie as a lote's file has it, found by its IMDb id or its TMDB id. */
export function lineOf(id: string): string | undefined {
  return LINES.get(id);
}
