import type { MovieRecord } from "@lotes/core";
import { type Answer, errorAnswer, jsonAnswer } from "./answer.ts";

/** The recorded facts, found by IMDb id and by TMDB id and served in TMDB's shape. */
export class MovieCatalogue {
  readonly #movies = new Map<string, MovieRecord>();

  constructor(facts: readonly MovieRecord[]) {
    for (const movie of facts) {
      this.#movies.set(String(movie.id), movie);
      if (movie.imdb_id !== null) this.#movies.set(movie.imdb_id, movie);
    }
  }

  /** @param id as it stands in the path: an IMDb id, a TMDB id, or neither */
  answer(id: string): Answer {
    if (!/^(tt)?\d+$/.test(id)) return errorAnswer("invalidId");
    const movie = this.#movies.get(id);
    return movie ? jsonAnswer(200, inTmdbShape(movie)) : errorAnswer("notFound");
  }
}

/** In TMDB's order. What was not recorded is filled with values that TMDB sends for a little-known film. */
function inTmdbShape(movie: MovieRecord) {
  return {
    adult: false,
    backdrop_path: null,
    belongs_to_collection: null,
    budget: movie.budget,
    genres: [{ id: 80, name: "Crime" }],
    homepage: "",
    id: movie.id,
    imdb_id: movie.imdb_id,
    origin_country: ["US"],
    original_language: "en",
    original_title: movie.title,
    overview: "",
    popularity: movie.popularity,
    poster_path: null,
    production_companies: [],
    production_countries: [],
    // TMDB writes an unknown release date as an empty text.
    release_date: movie.release_date ?? "",
    revenue: movie.revenue,
    runtime: movie.runtime,
    spoken_languages: [],
    status: "Released",
    tagline: "",
    title: movie.title,
    video: false,
    vote_average: movie.vote_average,
    vote_count: movie.vote_count,
  };
}
