import { readFileSync } from "node:fs";
import type { MovieRecord } from "@lotes/core";

/** What TMDB answers for a movie, without gaps. */
export type MovieFacts = { readonly [Fact in keyof MovieRecord]: NonNullable<MovieRecord[Fact]> };

/** Someone of a film's cast; the character is null where it is unknown. */
export type CastMember = readonly [category: "actor" | "actress", name: string, character: string | null];

/** A film of the table, its facts as its sources gave them; what they don't know is null. */
export interface Film {
  readonly imdb_id: string;
  readonly title: string;
  readonly original_title: string | null;
  readonly year: number;
  readonly minutes: number | null;
  readonly genres: string;
  readonly rating: number;
  readonly votes: number;
  /** One to four members: each makes a row of the CSV. */
  readonly cast: readonly CastMember[];
  /** Null for the films that the stand-in for TMDB is not to know. */
  readonly tmdb: Omit<MovieFacts, "imdb_id"> | null;
}

const TABLE = new URL("../../data/films.ndjson", import.meta.url);

let table: readonly Film[] | undefined;

/** The films of the table, sorted as text by id. Read once, when first asked for. */
export function films(): readonly Film[] {
  table ??= readFileSync(TABLE, "utf8")
    .trimEnd()
    .split("\n")
    .map((line): Film => JSON.parse(line));
  return table;
}

/** What TMDB answers for the films of the table, without those it is not to know. */
export function recordedFacts(): MovieFacts[] {
  return films().flatMap(({ imdb_id, tmdb }) => {
    if (tmdb === null) return [];
    const { id, ...rest } = tmdb;
    return [{ id, imdb_id, ...rest }];
  });
}
