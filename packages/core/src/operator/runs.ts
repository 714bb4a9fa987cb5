import pMap from "p-map";
import { OUTPUT_PREFIX } from "../dataset/movies.ts";
import { isRunDate, type RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { type Manifest, ManifestError, parseManifest } from "../files/manifest.ts";
import type { FolderStore } from "../ports.ts";

/** What the manifest of a date says of its last settled run, or why it can't be read. */
export type DatedManifest =
  | { readonly date: RunDate; readonly manifest: Manifest }
  | { readonly date: RunDate; readonly problem: string };

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
  if (object === undefined) return undefined;
  try {
    const manifest = parseManifest(object);
    if (manifest.date === date) return { date, manifest };
    return { date, problem: `_manifest.json is of ${manifest.date}; remove it, and drop the CSV again` };
  } catch (error) {
    if (error instanceof ManifestError) return { date, problem: error.message };
    throw error;
  }
}
