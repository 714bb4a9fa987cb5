import pMap from "p-map";
import { loteOfKey, lotePrefix, manifestKey } from "../dataset/keys.ts";
import type { MovieRecord } from "../dataset/movie-record.ts";
import { OUTPUT_PREFIX } from "../dataset/movies.ts";
import { isRunDate, type RunDate } from "../dataset/run-date.ts";
import type { FolderStore, Log } from "../ports.ts";
import { type LoteFile, LoteFileError, parseLoteFile } from "./lote-file.ts";
import { type Manifest, ManifestError, type ManifestFile, parseManifest } from "./manifest.ts";
import { runOf } from "./run-of.ts";

/** Which records of earlier runs are good enough. */
export interface ReuseRule {
  /** TMDB gave them less than so long ago. */
  readonly hours: number;
  /** Whose answers they must be (`MovieSource.origin`); undefined for anybody's. */
  readonly origin: string | undefined;
}

export interface EarlierRecord {
  readonly record: MovieRecord;
  readonly fetchedAt: Date;
}

const HOUR_MS = 3_600_000;
// Round trips of some 20 ms each.
const READS_AT_ONCE = 20;

/** Whether TMDB gave something less than so many hours ago. An instant in the future is a mistake, and nobody knows of how much. */
export function isYoungEnough(fetchedAt: Date, hours: number, now: Date): boolean {
  const age = now.getTime() - fetchedAt.getTime();
  return age >= 0 && age < hours * HOUR_MS;
}

/**
 * Finds the records that need not be asked for: in the manifest of the date itself, and for the ids that have none there in that of the latest
 * earlier date that has one. A manifest or a file that can't be used is logged in one line, and its ids have no record.
 * @returns the youngest first found of each id
 */
export async function earlierRecords(
  ids: Iterable<string>,
  date: RunDate,
  rule: ReuseRule,
  { store, log, now }: { readonly store: FolderStore; readonly log: Pick<Log, "warn">; readonly now: Date },
): Promise<ReadonlyMap<string, EarlierRecord>> {
  const found = new Map<string, EarlierRecord>();
  if (rule.hours === 0) return found;
  const wanted = new Set(ids);
  const take = (file: LoteFile) => {
    if (rule.origin !== undefined && file.work?.origin !== rule.origin) return;
    for (const [id, record] of file.records) {
      const fetchedAt = file.fetchTimes?.get(id);
      if (!wanted.has(id) || fetchedAt === undefined || !isYoungEnough(fetchedAt, rule.hours, now)) continue;
      wanted.delete(id);
      found.set(id, { record, fetchedAt });
    }
  };
  const takeFrom = async (each: RunDate) => {
    const manifest = await manifestOf(each, store, log);
    // No record is younger than the manifest that names it.
    if (manifest === undefined || now.getTime() - Date.parse(manifest.finished_at) >= rule.hours * HOUR_MS) return;
    const files = await pMap(manifest.files, (file) => readFile(file, manifest, store), { concurrency: READS_AT_ONCE });
    const lost = files.filter((file) => file === undefined).length;
    if (lost > 0) {
      const what = "files that a manifest names are gone or changed: their records are asked for again";
      log.warn(what, { manifest: manifestKey(each), files: lost });
    }
    for (const file of files) if (file !== undefined) take(file);
  };
  await takeFrom(date);
  if (wanted.size === 0) return found;
  const earlier = await latestDateBefore(date, store);
  if (earlier !== undefined) await takeFrom(earlier);
  return found;
}

async function manifestOf(date: RunDate, store: FolderStore, log: Pick<Log, "warn">): Promise<Manifest | undefined> {
  const object = await store.get(manifestKey(date));
  if (object === undefined) return undefined;
  try {
    return parseManifest(object);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    log.warn("a manifest can't be used: its records are asked for again", {
      manifest: manifestKey(date),
      problem: error.message,
    });
    return undefined;
  }
}

/** @returns undefined for a file that is not, or not any more, what the manifest says */
async function readFile(
  { key, etag, version_id }: ManifestFile,
  { date, run }: Manifest,
  store: FolderStore,
): Promise<LoteFile | undefined> {
  if (!key.startsWith(lotePrefix(date)) || loteOfKey(key) === undefined) return undefined;
  const object = await store.get(key, version_id);
  if (object?.etag !== etag || runOf(object) !== run) return undefined;
  try {
    return parseLoteFile(object, []);
  } catch (error) {
    if (error instanceof LoteFileError) return undefined;
    throw error;
  }
}

/** The latest date before the given one that has a manifest. It takes a listing for each year and month that is looked at. */
async function latestDateBefore(date: RunDate, store: FolderStore): Promise<RunDate | undefined> {
  const [year = "", month = ""] = date.split("/");
  for (const earlierYear of await foldersIn("", year, store)) {
    for (const earlierMonth of await foldersIn(`${earlierYear}/`, `${year}/${month}`, store)) {
      const days = await foldersIn(`${earlierMonth}/`, date, store);
      const before = days.filter((day) => isRunDate(day) && day < date);
      const has = await pMap(before, async (day) => (await store.head(manifestKey(day))) !== undefined, {
        concurrency: READS_AT_ONCE,
      });
      const found = before.find((_, index) => has[index]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The folders of the output up to one, the last first, each as the beginning of a date. */
async function foldersIn(beginning: string, last: string, store: FolderStore): Promise<string[]> {
  const { folders } = await store.folder(OUTPUT_PREFIX + beginning);
  return folders
    .map((folder) => folder.slice(OUTPUT_PREFIX.length, -1))
    .filter((folder) => folder <= last)
    .sort()
    .reverse();
}
