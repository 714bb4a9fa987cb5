import * as z from "zod";

const text = z
  .string()
  .nullish()
  // TMDB writes an unknown release date as an empty text.
  .transform((value) => value || null);
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? null);

/** The ten attributes of TMDB's movie that the data lake keeps, in the order they are written; what is unknown is null. */
export const movieRecordSchema = z.object({
  id: z.number().int().positive(),
  imdb_id: text,
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
 * @param id the id as asked for; fills in an IMDb id that the answer leaves out, since TMDB found the movie by it
 */
export function parseMovie(id: string, body: unknown): MovieRecord | undefined {
  const result = movieRecordSchema.safeParse(body);
  if (!result.success) return undefined;
  const record = id.startsWith("tt") ? { ...result.data, imdb_id: result.data.imdb_id ?? id } : result.data;
  return answers(record, id) ? record : undefined;
}

/** Whether the record is what TMDB has for the id. */
export function answers(record: MovieRecord, id: string): boolean {
  return record.imdb_id === id || record.id === Number(id);
}
