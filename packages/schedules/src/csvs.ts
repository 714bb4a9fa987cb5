import { Random, weighted } from "@lotes/local/sample/random";
import { FIRST_KNOWN, KNOWN, TWINS } from "./known.ts";
import { oddId } from "./odd-ids.ts";
import { happens, ONE_IN } from "./one-in.ts";
import type { Size } from "./size.ts";

// Of an upload that has fewer lotes than the one before it: files are left that nobody will overwrite.
const FEW_ROWS = 3;
// Of an upload whose lotes keep all consumers busy for longer than a second.
const MANY_ROWS = { least: 30, most: 50 };
// Of a run whose ledger has parts, with lotes of one id each: that takes more than 50 of them, and a few of these rows select none.
const ROWS_FOR_PARTS = { least: 60, most: 66 };
// What is not to be used is rejected beyond one row in a hundred.
const ROWS_FOR_ONE_BAD = 100;
const LONG_TITLE = "A very long title ".repeat(1_000);

// S3 has 2 kB for a file's metadata: no room for the list with so many ids of the longest kind.
const LONG_IDS = 27;

const COLUMNS = ["id", "tituloPincipal", "anoLancamento", "genero", "numeroVotos"];
const HEADER = COLUMNS.join("|");
const UNUSABLE = ["", "id|genero\ntt1000000|Crime\n", "\u0000\u0001binary", `${COLUMNS.join(",")}\n`, `${HEADER}\n`];

const ROWS = weighted([
  ["known", 24],
  ["number", 2],
  ["unknown", 4],
  ["odd", 2],
  ["spaced", 1],
  ["old", 1],
] as const);

/** A kind of row. */
type Kind = (typeof ROWS)[number];

// Of an export that has other programs' ids among its own: nearly every lote has one that is failed without a request.
const ROWS_WITH_ODD_IDS = weighted<Kind>([
  ["known", 2],
  ["odd", 1],
]);

/** What the CSVs of a schedule are like. */
export interface CsvHabits {
  readonly size: Size;
  /** The kinds of their rows, each as often as it stands here. */
  readonly kinds: readonly Kind[];
  /** One in so many can't be used, one in so many is forced, and a later one that can be used is one time in so many the earlier one once more. */
  readonly spoiltOneIn: number;
  readonly forcedOneIn: number;
  readonly sameOneIn: number;
}

const USUAL = { spoiltOneIn: ONE_IN.spoiltCsv, forcedOneIn: ONE_IN.forcedCsv, sameOneIn: ONE_IN.sameCsv };
// Of somebody who drops the same CSV until it is taken.
const INSISTING = { spoiltOneIn: 4, forcedOneIn: 2, sameOneIn: 1 };

// Drawn apart from all else, so that the other schedules are as they were before there were such CSVs.
const OWN_STREAM = 0x6f64_6473;

export function habitsOf(seed: number, size: Size): CsvHabits {
  const random = new Random(seed ^ OWN_STREAM);
  const kinds = happens(random, ONE_IN.oddIds) ? ROWS_WITH_ODD_IDS : ROWS;
  return { size, kinds, ...(happens(random, ONE_IN.insistingUploader) ? INSISTING : USUAL) };
}

/** A row of each kind. */
const LINES: Readonly<Record<Kind, (known: number, random: Random) => string>> = {
  known: (known) => row(`tt${known}`),
  number: (known) => row(String(known)),
  unknown: (_, random) => row(`tt${7_000_000 + random.below(20)}`),
  odd: (_, random) => row(happens(random, ONE_IN.oddId) ? oddId(random) : "nm0000001"),
  spaced: (known, random) => row(happens(random, ONE_IN.spacesAroundId) ? ` tt${known}  ` : `tt${known}`),
  old: (known) => row(`tt${known}`, "1955"),
};

/** Rows that can't be used, of one kind in a CSV. */
const BAD_LINES: readonly ((known: number) => string)[] = [
  (known) => `tt${known}|too|few`,
  (known) => `${row(`tt${known}`)}|one too many`,
  (known) => row(`tt${known}`, "1994", "12,345"),
  (known) => row(`tt${known}`, "1994", "10k"),
  (known) => row(`tt${known}`, "1994?", "20000"),
];

/** A movies.csv that can be used, or now and then not. */
export function csvOf(random: Random, habits: CsvHabits, mostRows = habits.size.rows): string {
  const { size, kinds, spoiltOneIn } = habits;
  if (happens(random, spoiltOneIn)) return spoilt(random, habits);
  const many = happens(random, size.manyRowsOneIn);
  const rows = many ? random.between(MANY_ROWS.least, MANY_ROWS.most) : random.between(1, mostRows);
  const lines = linesOf(random, rows, kinds);
  if (happens(random, ONE_IN.badRows)) lines.push(...withBadOnes(random, lines.length));
  if (happens(random, size.largeCsvOneIn)) lines.push(...largeFillers(size.largeCsvBytes));
  return textOf(lines);
}

/** Of an export that has other programs' ids among its own. */
export function csvOfOddIds(random: Random, { rows }: Pick<Size, "rows">): string {
  return textOf(linesOf(random, random.between(Math.ceil(rows / 2), rows), ROWS_WITH_ODD_IDS));
}

/** For lotes of one id each: so many that the run's ledger has parts. */
export function csvOfManyLotes(random: Random): string {
  return textOf(linesOf(random, random.between(ROWS_FOR_PARTS.least, ROWS_FOR_PARTS.most)));
}

/** What replaces a CSV: another one, the same once more (the ETag does not tell the two apart), or one that can't be used. */
export function laterCsv(earlier: string, random: Random, habits: CsvHabits): string {
  if (random.oneIn(6)) return random.pick(UNUSABLE);
  return happens(random, habits.sameOneIn) ? earlier : csvOf(random, habits, random.pick([FEW_ROWS, habits.size.rows]));
}

/** Movies by both their ids, and ids so long that the lote's list of them does not fit beside its file. */
export function csvOfTwins(): string {
  const twins = Array.from({ length: TWINS }, (_, nth) => FIRST_KNOWN + nth);
  const long = Array.from({ length: LONG_IDS }, (_, nth) => `tt${"9".repeat(58)}${10 + nth}`);
  return textOf([...twins.map((known) => `tt${known}`), ...twins.map(String), ...long].map((id) => row(id)));
}

/** As an export goes wrong: every row is hurt, or none is wanted. */
function spoilt(random: Random, { size, kinds }: CsvHabits): string {
  const lines = linesOf(random, random.between(1, size.rows), kinds);
  return random.pick([
    () => textOf(lines.map((line) => `${line}|`)),
    () => textOf(lines.map((line) => line.replace("|20000", "|20,000"))),
    () => textOf(lines.map((line) => line.replace("|20000", "|5"))),
    () => textOf(lines.map((line) => line.replace("Crime", "Comedy"))),
    () => `${HEADER}\n${lines.join("\r")}\r`,
    () => `${HEADER}\n`,
  ])();
}

function linesOf(random: Random, rows: number, kinds: readonly Kind[] = ROWS): string[] {
  const first = random.below(KNOWN);
  return Array.from({ length: rows }, (_, nth) => {
    const known = FIRST_KNOWN + ((first + nth) % KNOWN);
    return LINES[random.pick(kinds)](known, random);
  });
}

/** Rows that can't be used, and so many others that they are one in a hundred or fewer; or one other too few. */
function withBadOnes(random: Random, rows: number): string[] {
  const line = random.pick(BAD_LINES);
  const bad = Array.from({ length: random.between(1, 3) }, (_, nth) => line(FIRST_KNOWN + nth));
  const others = bad.length * ROWS_FOR_ONE_BAD - bad.length - rows + random.pick([0, 0, 7, -1]);
  return [...bad, ...fillers(Math.max(0, others))];
}

function fillers(count: number, title?: string): string[] {
  return Array.from({ length: count }, (_, nth) => row(`tt0${500_000 + nth}`, "1955", "20000", title));
}

function largeFillers(bytes: number): string[] {
  return fillers(Math.ceil(bytes / LONG_TITLE.length), LONG_TITLE);
}

/** Sorted by id as text, as the genuine file is, without the space around it. */
function textOf(lines: readonly string[]): string {
  const sorted = lines.map((line) => [line.trimStart(), line] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${[HEADER, ...sorted.map(([, line]) => line)].join("\n")}\n`;
}

function row(id: string, year = "1994", votes = "20000", title = 'A "Film'): string {
  return [id, title, year, "Crime,Drama", votes].join("|");
}

/** A CSV in UTF-8, but for its lone surrogates, which have no bytes there: theirs can't be decoded. */
export function csvBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts = text.split(/(\p{Surrogate})/u).map((part) => {
    if (!/^\p{Surrogate}$/u.test(part)) return Buffer.from(part);
    const unit = part.charCodeAt(0);
    return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
  });
  return Buffer.concat(parts);
}
