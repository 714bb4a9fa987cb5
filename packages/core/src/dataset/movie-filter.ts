import * as z from "zod/mini";
import { wholeNumber } from "../read-environment.ts";
import type { MovieFilter } from "./movies.ts";

/** The settings of the filter. */
export const filterSettings = () => ({
  MIN_YEAR: {
    type: z._default(wholeNumber(0), 1960),
    takes: "a year such as 1960 (movies of a later year are selected)",
  },
  MIN_VOTES: {
    type: z._default(wholeNumber(0), 10_000),
    takes: "a whole number such as 10000 (movies with more votes are selected)",
  },
  GENRES: {
    type: z._default(
      z.pipe(z.string(), z.transform(genresOf)).check(z.refine((genres) => genres.every((genre) => genre !== ""))),
      ["crime", "war"],
    ),
    takes: "genres separated by commas, such as crime,war",
  },
});

function genresOf(list: string): string[] {
  return list.split(",").map((genre) => genre.trim().toLowerCase());
}

interface FilterValues {
  readonly MIN_YEAR: number;
  readonly MIN_VOTES: number;
  readonly GENRES: readonly string[];
}

/** The filter that the settings have as their values. */
export function filterOf({ MIN_YEAR, MIN_VOTES, GENRES }: FilterValues): MovieFilter {
  return { minYear: MIN_YEAR, minVotes: MIN_VOTES, genres: GENRES };
}

/** The filter as a run's file tells it. */
export const filterSchema = z.object({ min_year: z.number(), min_votes: z.number(), genres: z.array(z.string()) });

type FilterDocument = z.infer<typeof filterSchema>;

export function filterDocument({ minYear, minVotes, genres }: MovieFilter): FilterDocument {
  return { min_year: minYear, min_votes: minVotes, genres: [...genres] };
}

/** The filter that a run's file tells. */
export function filterIn({ min_year, min_votes, genres }: FilterDocument): MovieFilter {
  return { minYear: min_year, minVotes: min_votes, genres };
}
