import * as z from "zod/mini";
import type { ColumnType } from "../column-type.ts";
import { inOneLine } from "../text-lines.ts";
import { wholeOrNull } from "../whole-or-null.ts";
import { isImdbId } from "./movies.ts";

// TMDB writes an unknown release date as an empty text. Half a character is valid JSON, and DuckDB reads no file in which there is one.
const text = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value?.toWellFormed() || null),
);
const id = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value?.toWellFormed().trim() || null),
);
const decimal = z.pipe(
  z.nullish(z.number()),
  z.transform((value) => value ?? null),
);
// TMDB documents these as integers. One fraction would change the type that a reader of the files infers for all of them. A number beyond
// 2^53 is no fact of a movie, and too large for the tables' integers.
const whole = z.pipe(
  z.nullish(z.number()),
  z.transform((value) => wholeOrNull(Math.round(value ?? Number.NaN))),
);

/**
 * The ten attributes of TMDB's movie that the data lake keeps, in the order they are written; what is unknown is null. A fraction is rounded
 * where a whole number belongs, and a number beyond 2^53 there is unknown.
 */
export const movieRecordSchema = z.object({
  id: z.int().check(z.positive()),
  imdb_id: id,
  title: text,
  runtime: whole,
  release_date: text,
  budget: whole,
  revenue: whole,
  popularity: decimal,
  vote_average: decimal,
  vote_count: whole,
});

export type MovieRecord = z.infer<typeof movieRecordSchema>;

/** The type of each attribute, the same in every file. */
export const MOVIE_COLUMNS = {
  id: "whole",
  imdb_id: "text",
  title: "text",
  runtime: "whole",
  release_date: "text",
  budget: "whole",
  revenue: "whole",
  popularity: "decimal",
  vote_average: "decimal",
  vote_count: "whole",
} as const satisfies Record<keyof MovieRecord, ColumnType>;

/** The names of a record's attributes, in the order they are written. */
export const MOVIE_ATTRIBUTES = Object.keys(MOVIE_COLUMNS) as readonly (keyof MovieRecord)[];

/** A record as its line has it, without the line end: JSON, the attributes in their order, each of its type. */
export function recordLine(record: MovieRecord): string {
  const pairs = MOVIE_ATTRIBUTES.map((name) => `"${name}":${written(record[name], MOVIE_COLUMNS[name])}`);
  return inOneLine(`{${pairs.join(",")}}`);
}

function written(value: MovieRecord[keyof MovieRecord], type: ColumnType): string {
  const json = JSON.stringify(value);
  if (type !== "decimal" || value === null || json.includes(".")) return json;
  // Engines that infer types take 8 for an integer, and then fail on 6.689, or cut it. The point stands before an exponent: 1.0e-7.
  return json.replace(/(?=e|$)/, ".0");
}

/**
 * Reads TMDB's answer for an id, or undefined when it is no movie, or another one.
 * @param asked the id as asked for; fills in an IMDb id that the answer leaves out, since TMDB found the movie by it
 */
export function parseMovie(asked: string, body: unknown): MovieRecord | undefined {
  const result = movieRecordSchema.safeParse(body);
  if (!result.success) return undefined;
  const record = result.data;
  if (!isImdbId(asked)) return answers(record, asked) ? record : undefined;
  // Of two IMDb ids that were merged TMDB finds the movie by either, and tells the one that stays.
  const imdb_id = record.imdb_id ?? asked;
  return isImdbId(imdb_id) ? { ...record, imdb_id } : undefined;
}

/** Whether the record is what TMDB has for the id. */
export function answers(record: MovieRecord, id: string): boolean {
  return record.imdb_id === id || record.id === Number(id);
}
