import type { MalformedRows } from "@lotes/core";
import { visible } from "./visible.ts";

/** One JSON document on stdout, for a machine. */
export function printJson(document: unknown): void {
  process.stdout.write(`${visible(JSON.stringify(document))}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.map(visible).join("\n")}\n`);
}

/** Something beside the result, for whoever watches. */
export function note(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}

export function formatNumber(value: number): string {
  return value.toLocaleString("en");
}

/** `1 id`, `2 ids`. */
export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** How many rows of a CSV were malformed, and on which lines the first of them are. */
export function malformedText({ count, first_lines }: MalformedRows): string {
  if (count === 0) return "none malformed";
  const more = count > first_lines.length ? " …" : "";
  return `${formatNumber(count)} malformed (line ${first_lines.join(", ")}${more})`;
}

// Beyond, seconds are no help.
const LONGEST_IN_SECONDS = 120;

/** @param seconds how long something takes */
export function duration(seconds: number): string {
  return seconds < LONGEST_IN_SECONDS ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** The stored, the failed and what is under way, which together are all ids. */
export function equation(ids: number, stored: number, failed: number): string {
  const left = ids - stored - failed;
  const accounted = `${formatNumber(ids)} ids = ${formatNumber(stored)} stored + ${formatNumber(failed)} failed`;
  return left === 0 ? `${accounted}: every id is accounted for` : `${accounted} + ${formatNumber(left)} under way`;
}
