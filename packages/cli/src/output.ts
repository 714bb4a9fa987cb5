import type { OddRows, RunFile } from "@lotes/core";
import { NUMBERS_IN_WORDS } from "@lotes/core/dataset/movies";
import { formatNumber } from "@lotes/core/format-number";
import { visible } from "./visible.ts";

export { formatNumber };

/** One JSON document on stdout, for a machine. */
export function printJson(document: unknown): void {
  process.stdout.write(`${visible(JSON.stringify(document))}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.map(visible).join("\n")}\n`);
}

/** A line on stderr, beside the result. */
export function note(line: string): void {
  noteLines([line]);
}

export function noteLines(lines: readonly string[]): void {
  process.stderr.write(`${lines.map(visible).join("\n")}\n`);
}

/** `1 id`, `2 ids`. */
export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** How many rows of a CSV were left out since something is wrong with them, and on which lines the first of them are. */
export function oddRowsText({ malformed, unreadable }: Pick<RunFile, "malformed" | "unreadable">): string {
  const malformedRows = malformed.count === 0 ? "none malformed" : countWithLines(malformed, "malformed");
  return unreadable.count === 0
    ? malformedRows
    : `${malformedRows}, ${countWithLines(unreadable, `with ${NUMBERS_IN_WORDS} that are no number`)}`;
}

function countWithLines({ count, first_lines }: OddRows, what: string): string {
  const more = count > first_lines.length ? " …" : "";
  const lines = first_lines.map(formatNumber);
  return `${formatNumber(count)} ${what} (${lines.length === 1 ? "line" : "lines"} ${lines.join(", ")}${more})`;
}

// Longer times are given in minutes.
const LONGEST_IN_SECONDS = 120;

/** @param seconds how long something takes */
export function formatDuration(seconds: number): string {
  return seconds < LONGEST_IN_SECONDS ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** An instant as people read it, in UTC as the files tell it, and how long ago that is. */
export function formatInstant(instant: Date, now: Date): string {
  const seconds = Math.max(0, (now.getTime() - instant.getTime()) / 1000);
  return `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC, ${formatLongDuration(seconds)} ago`;
}

function formatLongDuration(seconds: number): string {
  if (seconds < 2 * HOUR_SECONDS) return formatDuration(seconds);
  return seconds < 2 * DAY_SECONDS
    ? `${Math.floor(seconds / HOUR_SECONDS)} h`
    : `${Math.floor(seconds / DAY_SECONDS)} days`;
}

/**
 * The stored, the failed, those that were cancelled and what is under way, which together are all ids. The collector takes an id that a replay has
 * stored out of the ledger some seconds later: it is counted twice until then.
 */
export function accountEquation(ids: number, stored: number, failed: number, cancelled: number): string {
  const left = ids - stored - failed - cancelled;
  const ended = `${formatNumber(stored)} stored + ${formatNumber(failed)} failed`;
  const accounted = `${formatNumber(ids)} ids = ${ended}${cancelled > 0 ? ` + ${formatNumber(cancelled)} cancelled` : ""}`;
  if (left === 0) return `${accounted}: every id is accounted for`;
  if (left > 0) return `${accounted} + ${formatNumber(left)} under way`;
  return `${accounted} - ${formatNumber(-left)} counted twice: stored, and not yet out of the failures`;
}
