/** What a row of the CSV must have to be selected. The columns have the names of the header. */
export interface Predicates {
  /** Each of these columns holds a number above its bound. */
  readonly above: readonly [Above, Above];
  /** This column contains one of the texts, in any case. */
  readonly contains: {
    readonly column: string;
    /** Lower case. */
    readonly anyOf: readonly string[];
  };
}

export interface Above {
  readonly column: string;
  readonly bound: number;
}

/** The cells of a row by the names of their columns. */
export type Row = Readonly<Record<string, string>>;

/** How an unknown value is written, beside an empty cell. */
const UNKNOWN = "\\N";

/** A number as programs write it: 10001, -3, 1994.0, 1e4. JavaScript also knows 0x2711, which nobody means by a year. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** In 20.000 the point may be a decimal point or, as in Brazil, a separator of thousands. Such a cell is not read as a number. */
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
export function unreadableNumber(
  row: Row,
  { above }: Predicates,
): { readonly column: string; readonly cell: string } | undefined {
  for (const { column } of above) {
    const cell = row[column] ?? "";
    if (numberIn(cell) === undefined) return { column, cell };
  }
  return undefined;
}

/** Whether a row is selected. A number that is unknown is above no bound. */
export function passes(row: Row, { above, contains }: Predicates): boolean {
  const isAbove = ({ column, bound }: Above) => (numberIn(row[column] ?? "") ?? Number.NaN) > bound;
  return above.every(isAbove) && containsOne(row, contains);
}

function containsOne(row: Row, { column, anyOf }: Predicates["contains"]): boolean {
  const text = row[column]?.toLowerCase() ?? "";
  return anyOf.some((wanted) => text.includes(wanted));
}

/** Why a row is not selected, for a line of text: what each cell lacks; undefined when it is. */
export function whyNot(row: Row, predicates: Predicates): string | undefined {
  const { above, contains } = predicates;
  const reasons = above.flatMap(({ column, bound }) => {
    const cell = row[column] ?? "";
    const value = numberIn(cell);
    if (value === undefined) return [`${column} ${JSON.stringify(cell)} is no number`];
    if (Number.isNaN(value)) return [`${column} is unknown`];
    return value > bound ? [] : [`${column} ${value} is not above ${bound}`];
  });
  const { column, anyOf } = contains;
  if (!containsOne(row, contains))
    reasons.push(`${column} ${JSON.stringify(row[column])} contains none of ${anyOf.join(", ")}`);
  return reasons.length > 0 ? reasons.join("; ") : undefined;
}
