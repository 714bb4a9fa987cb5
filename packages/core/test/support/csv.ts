import type { MovieFilter } from "../../src/dataset/movies.ts";
import { type Selection, selectIds } from "../../src/dataset/select-ids.ts";

/** The real file's header. */
export const COLUMNS = [
  "id",
  "tituloPincipal",
  "tituloOriginal",
  "anoLancamento",
  "tempoMinutos",
  "genero",
  "notaMedia",
  "numeroVotos",
  "generoArtista",
  "personagem",
  "nomeArtista",
  "anoNascimento",
  "anoFalecimento",
  "profissao",
  "titulosMaisConhecidos",
] as const;

export const HEADER = COLUMNS.join("|");

export type Cells = Partial<Record<(typeof COLUMNS)[number], string>>;

const PASSING: Required<Cells> = {
  id: "tt0111161",
  tituloPincipal: "The Shawshank Redemption",
  tituloOriginal: "The Shawshank Redemption",
  anoLancamento: "1994",
  tempoMinutos: "142",
  genero: "Crime,Drama",
  notaMedia: "9.3",
  numeroVotos: "2000000",
  generoArtista: "actor",
  personagem: "Andy Dufresne",
  nomeArtista: "Tim Robbins",
  anoNascimento: "1958",
  anoFalecimento: "\\N",
  profissao: "actor,producer",
  titulosMaisConhecidos: "tt0111161,tt0327056",
};

/** A row that passes the filter, unless told otherwise. */
export function row(cells: Cells = {}): string {
  const all = { ...PASSING, ...cells };
  return COLUMNS.map((column) => all[column]).join("|");
}

/** A whole movies.csv under the real header. */
export function csv(...rows: readonly string[]): string {
  return `${[HEADER, ...rows].join("\n")}\n`;
}

export const FILTER: MovieFilter = { minYear: 1960, minVotes: 10_000, genres: ["crime", "war"] };

/** Bytes as they arrive, `size` at a time. */
export async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** What is selected from a file that arrives in one piece. */
export function select(file: string | Uint8Array, filter = FILTER): Promise<Selection> {
  const bytes = Buffer.from(file);
  return selectIds(chunks(bytes, Math.max(1, bytes.length)), filter);
}

export async function selectedIds(file: string | Uint8Array, filter = FILTER): Promise<readonly string[]> {
  return (await select(file, filter)).ids;
}
