import { readFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** A part of a source file that never ran. */
export interface Untaken {
  /** Its URL. */
  readonly file: string;
  /** The first character of the part, and the one after its last. */
  readonly from: number;
  readonly to: number;
}

// What decides in a function, and what hands its events on.
const COUNTED = /\/packages\/(core\/src\/(stages|files)|functions\/src)\//;
const LONGEST_TEXT = 100;

let session: Session | undefined;

/** Begins to count what runs in this thread. What was loaded before is not counted. */
export async function countBranches(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
}

/** What has not run in this thread since it began to count. */
export async function untakenBranches(): Promise<Untaken[]> {
  const taken = await session?.post("Profiler.takePreciseCoverage");
  return (taken?.result ?? []).filter(({ url }) => COUNTED.test(url)).flatMap(untakenOf);
}

function untakenOf({ url, functions }: Profiler.ScriptCoverage): Untaken[] {
  // Of two ranges that hold a character the inner one counts, which comes later here.
  const ranges = functions
    .flatMap((each) => each.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const edges = [...new Set(ranges.flatMap(({ startOffset, endOffset }) => [startOffset, endOffset]))].sort(
    (a, b) => a - b,
  );
  const untaken: Untaken[] = [];
  for (const [nth, from] of edges.entries()) {
    const inner = ranges.findLast(({ startOffset, endOffset }) => startOffset <= from && from < endOffset);
    const to = edges[nth + 1];
    if (to !== undefined && inner?.count === 0) untaken.push({ file: url, from, to });
  }
  return untaken;
}

/** The parts that ran in none of the threads. */
export function untakenInAll(threads: readonly (readonly Untaken[])[]): Untaken[] {
  return threads
    .reduce<readonly Untaken[]>((all, some) => all.flatMap((each) => commonParts(each, some)), threads[0] ?? [])
    .slice();
}

function commonParts(part: Untaken, others: readonly Untaken[]): Untaken[] {
  return others
    .filter(({ file }) => file === part.file)
    .map(({ from, to }) => ({ file: part.file, from: Math.max(from, part.from), to: Math.min(to, part.to) }))
    .filter(({ from, to }) => from < to);
}

/** A line for each of them that holds more than brackets: where it is, and how it begins. */
export function branchLines(untaken: readonly Untaken[]): string[] {
  const places = untaken.flatMap(({ file, from, to }) => {
    const source = readFileSync(fileURLToPath(file), "utf8");
    const part = source.slice(from, to);
    const line = source.slice(0, from + part.search(/\S/)).split("\n").length;
    const path = file.slice(file.indexOf("/packages/") + 1);
    return /\w/.test(part) ? [{ path, line, text: firstLineOf(part.trim()) }] : [];
  });
  const sorted = places.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  return [...new Set(sorted.map(({ path, line, text }) => `${path}:${line}  ${text}`))];
}

function firstLineOf(text: string): string {
  return (text.split("\n")[0] ?? "").slice(0, LONGEST_TEXT);
}
