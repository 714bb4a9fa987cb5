/** Which movies are selected: `anoLancamento` and `numeroVotos` above the bounds, `genero` containing one of the genres. */
export interface MovieFilter {
  readonly minYear: number;
  readonly minVotes: number;
  /** Lower case. */
  readonly genres: readonly string[];
}

/** The columns the selection reads, as the source spells them. */
export const REQUIRED_COLUMNS = ["id", "anoLancamento", "genero", "numeroVotos"] as const;

export type MovieRow = Readonly<Record<(typeof REQUIRED_COLUMNS)[number], string>>;

const NUMBER_COLUMNS = ["anoLancamento", "numeroVotos"] as const;

/** How an unknown value is written, beside an empty cell. */
const UNKNOWN = "\\N";

/** A number as programs write it: 10001, -3, 1994.0, 1e4. JavaScript also knows 0x2711, which nobody means by a year. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Of 20.000 nobody can tell whether its point is a decimal one: in Brazil it separates thousands. No vote is counted in thousandths. */
const AMBIGUOUS = /^[+-]?\d{1,3}\.\d{3}$/;

/**
 * A cell's number, without the space around it.
 * @returns NaN for what is unknown (`\N`, empty); undefined for what is neither unknown nor a number
 */
function numberIn(cell: string): number | undefined {
  const text = cell.trim();
  if (text === "" || text === UNKNOWN) return Number.NaN;
  const value = DECIMAL.test(text) && !AMBIGUOUS.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return Number.isFinite(value) ? value : undefined;
}

/** The first cell of a row that should hold a number and can't be read as one; undefined when all can. */
export function unreadableNumber(row: MovieRow): { readonly column: string; readonly cell: string } | undefined {
  const column = NUMBER_COLUMNS.find((name) => numberIn(row[name]) === undefined);
  return column && { column, cell: row[column] };
}

/** Whether a movie is selected: a year and votes above the bounds, and one of the genres, as a part of the text in any case. */
export function passes(row: MovieRow, { minYear, minVotes, genres }: MovieFilter): boolean {
  const isAbove = (cell: string, bound: number) => (numberIn(cell) ?? Number.NaN) > bound;
  if (!isAbove(row.numeroVotos, minVotes) || !isAbove(row.anoLancamento, minYear)) return false;
  const genre = row.genero.toLowerCase();
  return genres.some((wanted) => genre.includes(wanted));
}
