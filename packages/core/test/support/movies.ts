import type { MovieRecord } from "../../src/dataset/movie-record.ts";
import type { LoteFile } from "../../src/files/lote-file.ts";

/** A record of an IMDb id, whose TMDB id is the digits, unless told otherwise. */
export function movieRecord(imdbId: string, facts: Partial<MovieRecord> = {}): MovieRecord {
  return {
    id: Number(imdbId.replace("tt", "")),
    imdb_id: imdbId,
    title: `Filme ${imdbId}`,
    runtime: 120,
    release_date: "1994-09-23",
    budget: 25_000_000,
    revenue: 28_341_469,
    popularity: 1.5,
    vote_average: 8.7,
    vote_count: 27_000,
    ...facts,
  };
}

/** TMDB's answer for a movie: the ten attributes among others, in TMDB's order. */
export function tmdbAnswer(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    adult: false,
    budget: 25_000_000,
    genres: [{ id: 18, name: "Drama" }],
    id: 278,
    imdb_id: "tt0111161",
    original_title: "The Shawshank Redemption",
    popularity: 150.3,
    release_date: "1994-09-23",
    revenue: 28_341_469,
    runtime: 142,
    title: "Um Sonho de Liberdade",
    vote_average: 8.7,
    vote_count: 27_000,
    ...changes,
  };
}

/** `count` IMDb ids from tt1000000 on. */
export function movieIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tt${1_000_000 + index}`);
}

/** Ids so long that the list of a lote of them does not fit beside its file. */
export function longIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tt${String(1_000_000 + index).padStart(18, "0")}`);
}

/** A lote of the ids, with the records of those that were fetched. */
export function loteFile(
  ids: readonly string[],
  fetched: readonly string[] = ids,
  { run = "run-1", facts = {} }: { run?: string; facts?: Partial<MovieRecord> } = {},
): LoteFile {
  return { run, ids, records: new Map(fetched.map((id) => [id, movieRecord(id, facts)])) };
}
