import type { MovieRecord } from "../../src/dataset/movie-record.ts";

const HEADER =
  "id|tituloPincipal|tituloOriginal|anoLancamento|tempoMinutos|genero|notaMedia|numeroVotos|generoArtista|personagem|nomeArtista|anoNascimento|anoFalecimento|profissao|titulosMaisConhecidos";

export interface RowOptions {
  readonly id: string;
  readonly year?: string;
  readonly genres?: string;
  readonly votes?: string;
  readonly title?: string;
}

/** A row of movies.csv that passes the filter, unless told otherwise. */
export function row({
  id,
  year = "1994",
  genres = "Crime,Drama",
  votes = "20000",
  title = "A Film",
}: RowOptions): string {
  return [
    id,
    title,
    title,
    year,
    "120",
    genres,
    "7.5",
    votes,
    "actor",
    "Role",
    "Name",
    "1958",
    "\\N",
    "actor",
    id,
  ].join("|");
}

/** A movies.csv of the rows. */
export function csvOf(rows: readonly string[]): string {
  return `${[HEADER, ...rows].join("\n")}\n`;
}

/** A movies.csv that selects exactly the ids. */
export function csvSelecting(ids: readonly string[]): string {
  return csvOf(ids.map((id) => row({ id })));
}

/** `count` IMDb ids from tt1000000 on. */
export function movieIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tt${1_000_000 + index}`);
}

/** What TMDB knows of a movie. */
export function facts(imdbId: string): MovieRecord {
  return {
    id: Number(imdbId.slice(2)),
    imdb_id: imdbId,
    title: `Filme ${imdbId}`,
    runtime: 120,
    release_date: "1994-09-23",
    budget: 0,
    revenue: 0,
    popularity: 1.5,
    vote_average: 7.5,
    vote_count: 100,
  };
}
