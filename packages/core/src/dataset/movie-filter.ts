import * as z from "zod";
import { wholeNumber } from "../read-environment.ts";
import type { MovieFilter } from "./movies.ts";

/** The settings of the filter. */
export const filterSettings = () => ({
  MIN_YEAR: { type: wholeNumber(0).default(1960), takes: "a year; movies later than it pass" },
  MIN_VOTES: { type: wholeNumber(0).default(10_000), takes: "a whole number; movies with more votes pass" },
  GENRES: {
    type: z
      .string()
      .transform((list) => list.split(",").map((genre) => genre.trim().toLowerCase()))
      .refine((genres) => genres.every((genre) => genre !== ""))
      .default(["crime", "war"]),
    takes: "genres separated by commas, such as crime,war",
  },
});

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

export function filterDocument({ minYear, minVotes, genres }: MovieFilter): z.infer<typeof filterSchema> {
  return { min_year: minYear, min_votes: minVotes, genres: [...genres] };
}
