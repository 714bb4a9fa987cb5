/** `yyyy/mm/dd`, zero-padded: the part of every key that tells one drop of the CSV from another. */
export type RunDate = string;

const INPUT_PREFIX = "Raw/Local/CSV/Movies/";
const INPUT_NAME = "movies.csv";
const OUTPUT_PREFIX = "Raw/TMDB/JSON/Movies/";

/** What the bucket's notification is filtered by. */
export const INPUT_EVENTS = { prefix: INPUT_PREFIX, suffix: `/${INPUT_NAME}` } as const;

/** Whether the text is a day of the calendar written `yyyy/mm/dd`. */
export function isRunDate(text: string): boolean {
  if (!/^\d{4}\/\d{2}\/\d{2}$/.test(text)) return false;
  const day = new Date(`${text.replaceAll("/", "-")}T00:00:00Z`);
  // 2026/02/30 parses as 2 March in some engines and as nothing in others: it is no day in either case.
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.replaceAll("/", "-");
}

/** The day of an instant in UTC, as S3 and SQS tell time. */
export function utcDate(instant: Date): RunDate {
  return instant.toISOString().slice(0, 10).replaceAll("-", "/");
}

export function inputKey(date: RunDate): string {
  return `${INPUT_PREFIX}${date}/${INPUT_NAME}`;
}

/** The date of an input key, or undefined when the key is not of the input pattern. */
export function dateOfInputKey(key: string): RunDate | undefined {
  const date = key.slice(INPUT_PREFIX.length, -INPUT_EVENTS.suffix.length);
  return isRunDate(date) && key === inputKey(date) ? date : undefined;
}

/** Where everything of a date is written. */
export function outputPrefix(date: RunDate): string {
  return `${OUTPUT_PREFIX}${date}/`;
}

/** The leading underscore hides it from Athena, Glue and Spark. */
export function runKey(date: RunDate): string {
  return `${outputPrefix(date)}_run.json`;
}

export function ledgerKey(date: RunDate): string {
  return `${outputPrefix(date)}erros_geral.json`;
}

/** @param lote from 1 */
export function loteKey(date: RunDate, lote: number): string {
  return `${outputPrefix(date)}lote_${lote}.json`;
}

/** The common beginning of a date's lotes, to list them by. */
export function lotePrefix(date: RunDate): string {
  return `${outputPrefix(date)}lote_`;
}

/** The number of the lote that a key names, or undefined when it names none. */
export function loteOfKey(key: string): number | undefined {
  const match = /\/lote_([1-9]\d*)\.json$/.exec(key);
  return match ? Number(match[1]) : undefined;
}
