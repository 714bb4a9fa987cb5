import { INPUT, INPUT_NAME_LIKE, MAYBE_INPUT_NAME, OUTPUT_PREFIX } from "./movies.ts";
import { isRunDate, type RunDate } from "./run-date.ts";

/** What the bucket's notification is filtered by, and the rule of EventBridge. */
export const INPUT_EVENTS = { prefix: INPUT.prefix, suffix: `/${INPUT.name}` } as const;

export function inputKey(date: RunDate): string {
  return `${INPUT.prefix}${date}/${INPUT.name}`;
}

/** The date of an input key, or undefined when the key is not of the input pattern. */
export function dateOfInputKey(key: string): RunDate | undefined {
  const date = key.slice(INPUT.prefix.length, -INPUT_EVENTS.suffix.length);
  return isRunDate(date) && key === inputKey(date) ? date : undefined;
}

/** Whether somebody may have meant a key as an input key and missed the pattern, so that no run begins for its object. */
export function missesInputKey(key: string): boolean {
  if (dateOfInputKey(key) !== undefined || key.startsWith(OUTPUT_PREFIX)) return false;
  // A tool for Windows may have made the key of a path there.
  const name = nameOf(key.replaceAll("\\", "/"));
  if (INPUT_NAME_LIKE.test(name)) return true;
  return key.toLowerCase().startsWith(INPUT.prefix.toLowerCase()) && MAYBE_INPUT_NAME.test(name);
}

/**
 * Whether a key that is no input key names the date in another way: `2026/1/5`, `05-01-2026`, `year=2026/month=1/day=5`, `20260105`.
 * @returns false when it names another day, undefined when it names no whole day
 */
export function dateInKey(key: string, date: RunDate): boolean | undefined {
  const days = daysIn(key);
  if (days.length === 0) return undefined;
  return days.includes(date);
}

/** Every day that three numbers in a row may mean; of 05/01 and 01/05 nobody knows which is the month. */
function daysIn(key: string): RunDate[] {
  const numbers = [...key.matchAll(/\d+/g)].flatMap(([digits]) => parts(digits)).map(Number);
  const triples = numbers.map((_, index) => numbers.slice(index, index + 3)).filter(({ length }) => length === 3);
  return triples
    .flatMap(([a = 0, b = 0, c = 0]) => [dateOf(a, b, c), dateOf(c, b, a), dateOf(c, a, b)])
    .filter((date) => isRunDate(date) && date > "1900");
}

/** Eight digits are a day without separators, the year first or last. */
function parts(digits: string): string[] {
  if (digits.length !== 8) return [digits];
  const cuts = /^(19|20)/.test(digits) ? [4, 6] : [2, 4];
  return [digits.slice(0, cuts[0]), digits.slice(cuts[0], cuts[1]), digits.slice(cuts[1])];
}

function dateOf(year: number, month: number, day: number): RunDate {
  return [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("/");
}

/** Where everything of a date is written. */
export function outputPrefix(date: RunDate): string {
  return `${OUTPUT_PREFIX}${date}/`;
}

/** The leading underscore hides it from Athena, Glue and Spark. */
export function runKey(date: RunDate): string {
  return `${outputPrefix(date)}_run.json`;
}

/** The leading underscore hides it, as the run file. */
export function manifestKey(date: RunDate): string {
  return `${outputPrefix(date)}_manifest.json`;
}

export function ledgerKey(date: RunDate): string {
  return `${outputPrefix(date)}erros_geral.json`;
}

/**
 * A part of the ledger of a run with many lotes. The leading underscore hides it, as the run file.
 * @param part from 1; 0 for what belongs to no lote
 */
export function ledgerPartKey(date: RunDate, part: number): string {
  return `${ledgerPartPrefix(date)}${part}.json`;
}

/** The common beginning of the parts of a date's ledger, to list them by. */
export function ledgerPartPrefix(date: RunDate): string {
  return `${outputPrefix(date)}_erros_`;
}

/** The last part of a key. */
export function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** The number of the part that a key names, or undefined when it names none. */
export function ledgerPartOfKey(key: string): number | undefined {
  const match = /\/_erros_(0|[1-9]\d*)\.json$/.exec(key);
  return match ? Number(match[1]) : undefined;
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
