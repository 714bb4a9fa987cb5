import { dateInKey, INPUT_EVENTS, inputKey, missesInputKey } from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { FolderStore, ObjectSummary } from "../ports.ts";

/** A CSV that lies where no run begins for it. */
export interface MisplacedInput {
  readonly key: string;
  readonly modifiedAt: Date;
  /** Where it would start the run of the date that was asked for. */
  readonly expectedKey: string;
}

/** A key that tells no whole day may be of any: somebody who looks for it has just uploaded it. */
const RECENT_MS = 2 * 24 * 60 * 60 * 1000;
/** One page of S3's listing. Somebody else's folder may hold any number. */
const MOST_KEYS = 1_000;
/** Requests to S3, of some 20 ms each. The right path alone takes five. */
const MOST_LISTINGS = 24;

/** The folders that lead to the input, by their names in any case. */
const WAY = INPUT_EVENTS.prefix.toLowerCase().split("/").slice(0, -1);

/**
 * Looks for CSVs that somebody may have meant for a date, and uploaded to a key for which no run begins. S3 tells nobody of most of these,
 * so they are looked for: in every folder that leads to the input, whatever its name's case, also when folders are missing on the way.
 * It reads some pages of S3's listing at most, and so may miss one in a bucket full of look-alikes.
 *
 * @returns the newest first
 */
export async function misplacedInputs(store: FolderStore, date: RunDate, now: Date): Promise<MisplacedInput[]> {
  const found = new Map<string, Date>();
  for await (const { key, modifiedAt } of objectsOnTheWay(store, date)) {
    if (missesInputKey(key) && isNear(key, modifiedAt, date, now)) found.set(key, modifiedAt);
  }
  return [...found]
    .map(([key, modifiedAt]) => ({ key, modifiedAt, expectedKey: inputKey(date) }))
    .sort((a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime());
}

function isNear(key: string, modifiedAt: Date, date: RunDate, now: Date): boolean {
  const meant = dateInKey(key, date);
  return meant === undefined ? now.getTime() - modifiedAt.getTime() < RECENT_MS : meant;
}

/** Breadth first: what is nearest to the root of the bucket, and on the right path, is looked at before what lies deep. */
async function* objectsOnTheWay(store: FolderStore, date: RunDate): AsyncGenerator<ObjectSummary> {
  const open: { prefix: string; steps: number }[] = [{ prefix: "", steps: 0 }];
  for (let listings = 0; listings < MOST_LISTINGS; listings++) {
    const next = open.shift();
    if (next === undefined) return;
    if (next.steps > WAY.length) {
      yield* firstOf(store.list(next.prefix));
      continue;
    }
    const { folders, objects } = await store.folder(next.prefix);
    yield* objects;
    for (const prefix of folders) {
      const steps = stepsOf(prefix.slice(next.prefix.length, -1), next.steps, date);
      if (steps !== undefined) open.push({ prefix, steps });
    }
  }
}

/** How far along the way a folder is: beyond its end lie the folders of dates. Undefined when it is not on it. */
function stepsOf(name: string, stepsBefore: number, date: RunDate): number | undefined {
  // A key that begins with a slash, or has two in a row, has a folder without a name.
  if (name === "" && stepsBefore < WAY.length) return stepsBefore;
  const step = WAY.indexOf(name.trim().toLowerCase(), stepsBefore);
  if (step >= 0) return step + 1;
  const isOfAnotherYear = /^\d{4}$/.test(name) && !date.startsWith(name);
  const isPastTheRoot = stepsBefore > 0;
  // Among the dates any name may be a mistake; before, only one that looks like a date.
  const maybeDate = stepsBefore === WAY.length || name.includes(date.slice(0, 4));
  return isPastTheRoot && maybeDate && !isOfAnotherYear ? WAY.length + 1 : undefined;
}

async function* firstOf(objects: AsyncIterable<ObjectSummary>): AsyncGenerator<ObjectSummary> {
  let count = 0;
  for await (const object of objects) {
    yield object;
    if (++count === MOST_KEYS) return;
  }
}
