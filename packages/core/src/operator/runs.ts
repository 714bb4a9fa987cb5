import pMap from "p-map";
import { OUTPUT_PREFIX } from "../dataset/movies.ts";
import { isRunDate, type RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import type { FolderStore } from "../ports.ts";
import { type FoundManifest, foundIn } from "./found-manifest.ts";
import type { Trouble } from "./trouble.ts";

/** What the manifest of a date says of its last settled run, or why it can't be read. */
export type DatedManifest = { readonly date: RunDate } & FoundManifest;

// A round trip of some 20 ms each: three years of dates are read in two seconds.
const READING_AT_ONCE = 20;
/** Year, month and day. */
const LEVELS = 3;

/**
 * The last settled run of every date, by the manifests alone. A date whose run has not settled yet has none, unless an earlier run has.
 * @returns the latest date first
 */
export async function settledRuns(store: FolderStore): Promise<DatedManifest[]> {
  const dates = (await datesWithOutput(store)).sort().reverse();
  const manifests = await pMap(dates, (date) => manifestOf(store, date), { concurrency: READING_AT_ONCE });
  return manifests.filter((each) => each !== undefined);
}

/** The dates that have a folder among the output. */
async function datesWithOutput(store: FolderStore): Promise<RunDate[]> {
  let prefixes: readonly string[] = [OUTPUT_PREFIX];
  for (let level = 0; level < LEVELS; level++) {
    const found = await pMap(prefixes, (prefix) => store.folder(prefix), { concurrency: READING_AT_ONCE });
    prefixes = found.flatMap(({ folders }) => folders);
  }
  return prefixes.map((prefix) => prefix.slice(OUTPUT_PREFIX.length, -1)).filter(isRunDate);
}

async function manifestOf(store: FolderStore, date: RunDate): Promise<DatedManifest | undefined> {
  const object = await new DateOutput(store, date).manifest();
  return object && { date, ...foundIn(object, date) };
}

/** A settled run in a line. */
export interface RunSummary {
  readonly date: RunDate;
  readonly run: string;
  readonly revision: number;
  readonly ids: number;
  readonly stored: number;
  readonly failed: number;
  readonly reused: number;
  readonly requests: number;
  /** From its begin to the instant at which all of its files were there; 0 where two clocks differ by more than that. */
  readonly seconds: number;
  readonly started_at: string;
  readonly finished_at: string;
}

/** The runs whose manifests can be read. */
export function runSummaries(dated: readonly DatedManifest[]): RunSummary[] {
  return dated.flatMap((each) => {
    if (!("manifest" in each)) return [];
    const { run, revision, ids, stored, failed, reused, requests, started_at, finished_at } = each.manifest;
    const seconds = Math.max(0, Date.parse(finished_at) - Date.parse(started_at)) / 1000;
    return [
      { date: each.date, run, revision, ids, stored, failed, reused, requests, seconds, started_at, finished_at },
    ];
  });
}

/** Which manifests can't be read, and why. */
export function manifestProblems(dated: readonly DatedManifest[]): Trouble[] {
  return dated.flatMap((each) =>
    "problem" in each ? [{ code: "unreadable_manifest", message: `${each.date}: ${each.problem}` } as const] : [],
  );
}
