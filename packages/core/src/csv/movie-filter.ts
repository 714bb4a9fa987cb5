import type { MovieFilter } from "../settings.ts";

/** The columns the selection reads, as the source spells them. */
export const REQUIRED_COLUMNS = ["id", "anoLancamento", "genero", "numeroVotos"] as const;

export type MovieRow = Readonly<Record<(typeof REQUIRED_COLUMNS)[number], string>>;

/** A cell's number, or NaN for what is unknown (`\N`, empty) or no number. */
function numberOf(cell: string): number {
  return cell.trim() === "" ? Number.NaN : Number(cell);
}

/** Whether a movie is selected: a year and votes above the bounds, and one of the genres, as a part of the text in any case. */
export function passes(row: MovieRow, { minYear, minVotes, genres }: MovieFilter): boolean {
  const votes = numberOf(row.numeroVotos);
  if (!(votes > minVotes && votes < Number.POSITIVE_INFINITY)) return false;
  const year = numberOf(row.anoLancamento);
  if (!(year > minYear && year < Number.POSITIVE_INFINITY)) return false;
  const genre = row.genero.toLowerCase();
  return genres.some((wanted) => genre.includes(wanted));
}
