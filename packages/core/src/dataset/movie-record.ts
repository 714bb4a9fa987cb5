import * as z from "zod/mini";
import { isImdbId } from "./movies.ts";

// TMDB writes an unknown release date as an empty text.
const text = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value || null),
);
const id = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => value?.trim() || null),
);
const number = z.pipe(
  z.nullish(z.number()),
  z.transform((value) => value ?? null),
);

/** The ten attributes of TMDB's movie that the data lake keeps, in the order they are written; what is unknown is null. */
export const movieRecordSchema = z.object({
  id: z.int().check(z.positive()),
  imdb_id: id,
  title: text,
  runtime: number,
  release_date: text,
  budget: number,
  revenue: number,
  popularity: number,
  vote_average: number,
  vote_count: number,
});

export type MovieRecord = z.infer<typeof movieRecordSchema>;

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
