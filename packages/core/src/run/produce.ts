import pMap from "p-map";
import { UnusableCsvError } from "../csv/header.ts";
import { type Acceptance, rejectionOf } from "../csv/rejection.ts";
import { type Selection, selectIds } from "../csv/select-ids.ts";
import { ledgerKey, lotePrefix, type RunDate, runKey } from "../keys.ts";
import { runOf } from "../lote/lote-file.ts";
import { cutIntoLotes } from "../lotes.ts";
import { messageBody } from "../message.ts";
import { METRICS, type Metrics } from "../metrics.ts";
import { type Log, type MessageQueue, ObjectChangedError, type ObjectStore } from "../ports.ts";
import { updateObject } from "../update-object.ts";
import { readRunInForce } from "./in-force.ts";
import { isOlder, newRun, parseRunFile, type RunFile, readRun, runObject, type Source } from "./run-file.ts";

export interface ProducerDeps extends Acceptance {
  readonly store: ObjectStore;
  readonly loteQueue: MessageQueue;
  readonly loteSize: number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What an upload's metadata holds if its CSV is to be used although too many rows are malformed, or nothing is selected. */
export const FORCE = { name: "force", value: "true" } as const;

const REPLACED = "the CSV was replaced before all of its lotes were queued; drop it again";

/** What became of an upload. */
export type Production = "queued" | "already queued" | "outdated" | "rejected";

// Reading and removing are round trips of some 20 ms each: this many at once clear the 20 files of a usual run in a blink.
const CLEANING_AT_ONCE = 10;

/**
 * Turns one upload of a movies.csv into a run: selects the ids, puts the run in force, removes the files of the earlier run, and
 * sends the lotes. May be called again for the same upload, whatever became of the first call.
 * @throws when S3 or SQS can't be reached; calling again goes on from there.
 */
export async function produce(source: Source, date: RunDate, deps: ProducerDeps): Promise<Production> {
  const { store, loteQueue, filter, loteSize, log, metrics } = deps;
  const started = newRun(source, filter, new Date());
  const before = verdictOn(started, await readRun(store, date));
  if (before !== "go on") return told(before, log);

  let selection: Selection;
  let rejection: string | undefined;
  try {
    selection = await selectIds(await store.stream(source.key, source.etag), filter);
    rejection = rejectionOf(selection, deps);
    if (rejection !== undefined && (await isForced(source, store))) {
      log.warn("the CSV is used all the same, as its upload demands", { reason: rejection });
      rejection = undefined;
    }
  } catch (error) {
    if (error instanceof ObjectChangedError) return giveUp(started, date, deps);
    if (error instanceof UnusableCsvError) return reject(started, date, error.message, deps);
    throw error;
  }

  const { rows, malformed, unreadable, ids } = selection;
  const read: RunFile = { ...started, rows, malformed, unreadable };
  if (rejection !== undefined) return reject(read, date, rejection, deps);
  const lotes = cutIntoLotes(ids, loteSize);
  const run: RunFile = { ...read, ids: ids.length, lotes: lotes.length };
  const { verdict, resumed } = await putInForce(run, date, store);
  if (verdict !== "go on") return told(verdict, log);
  log.info("run in force", { rows, malformed, unreadable, ids: ids.length, lotes: lotes.length, resumed });

  await removeEarlierFiles(run.run, date, store);
  const kind = resumed ? "resumed" : "lote";
  await loteQueue.send(
    lotes.map(({ lote, ids }) => ({
      body: messageBody({ kind, run: run.run, date, lote, ids, attempts: 0 }),
    })),
  );
  await declareQueued(run.run, date, store);
  log.info("lotes queued", { lotes: lotes.length });
  metrics.add(METRICS.idsSelected, ids.length);
  countOddRows(run, metrics);
  return "queued";
}

/** Whether whoever uploaded a CSV wants it used whatever is in it. */
async function isForced({ key, etag }: Source, store: ObjectStore): Promise<boolean> {
  return (await store.metadata(key, etag))[FORCE.name] === FORCE.value;
}

function countOddRows({ malformed, unreadable }: RunFile, metrics: Metrics): void {
  if (malformed.count > 0) metrics.add(METRICS.rowsMalformed, malformed.count);
  if (unreadable.count > 0) metrics.add(METRICS.rowsUnreadable, unreadable.count);
}

/** Whether an upload is to be worked on, seen from the run in force. */
function verdictOn(mine: RunFile, inForce: RunFile | undefined): "go on" | "already queued" | "outdated" {
  if (inForce === undefined) return "go on";
  if (inForce.run === mine.run) return inForce.status === "queued" ? "already queued" : "go on";
  return isOlder(mine.source, inForce.source) ? "outdated" : "go on";
}

/** That an upload after mine can't be used, which stays told whatever becomes of mine; null when there is none. */
function laterRejection(mine: RunFile, inForce: RunFile | undefined): RunFile["rejected"] {
  const rejected = inForce?.rejected ?? null;
  return rejected && isOlder(mine.source, rejected.source) ? rejected : null;
}

function told(production: Exclude<Production, "queued" | "rejected">, log: Log): Production {
  if (production === "outdated") log.warn("the CSV was replaced by a later upload, which has its own event");
  else log.info("this upload is queued already");
  return production;
}

/** Writes the run as `queuing`, unless another call or a later upload has done more. */
async function putInForce(run: RunFile, date: RunDate, store: ObjectStore) {
  let verdict: ReturnType<typeof verdictOn> = "go on";
  let resumed = false;
  await updateObject(store, runKey(date), (current) => {
    const inForce = current && parseRunFile(current);
    verdict = verdictOn(run, inForce);
    resumed = inForce?.run === run.run;
    return verdict === "go on" ? runObject({ ...run, rejected: laterRejection(run, inForce) }) : undefined;
  });
  return { verdict, resumed };
}

/** Removes the lotes and the ledger of earlier runs. Those of this run stay: consumers may be at work since before a resumption. */
function removeEarlierFiles(run: string, date: RunDate, store: ObjectStore): Promise<void> {
  return removeFiles(date, store, run, async () => (await readRunInForce(store, date, run)) !== undefined);
}

/** @param maySo asked after a file was read: as long as it holds, what was there before can't be a later run's */
async function removeFiles(
  date: RunDate,
  store: ObjectStore,
  kept: string | undefined,
  maySo: () => Promise<boolean>,
): Promise<void> {
  const keys = [ledgerKey(date)];
  for await (const { key } of store.list(lotePrefix(date))) keys.push(key);
  const remove = (key: string) =>
    updateObject(store, key, async (current) => {
      if (current === undefined || (kept !== undefined && runOf(current) === kept)) return undefined;
      return (await maySo()) ? "remove" : undefined;
    });
  await pMap(keys, remove, { concurrency: CLEANING_AT_ONCE });
}

/** Where a rejected run stands in the place of one in force, nothing may be left of what was begun before it. */
async function removeAllFilesIfRejected(date: RunDate, store: ObjectStore): Promise<void> {
  const isRejected = async () => (await readRun(store, date))?.status === "rejected";
  if (await isRejected()) await removeFiles(date, store, undefined, isRejected);
}

async function declareQueued(run: string, date: RunDate, store: ObjectStore): Promise<void> {
  await updateObject(store, runKey(date), (current) => {
    const inForce = current && parseRunFile(current);
    // A later upload may have taken over meanwhile, or another call for this one may have been faster.
    if (inForce?.run !== run || inForce.status !== "queuing") return undefined;
    return runObject({ ...inForce, status: "queued", queued_at: new Date().toISOString() });
  });
}

/**
 * The CSV is not there any more. If an earlier call had put its run in force and died, nobody can send the rest of its lotes: unless the
 * later upload takes over, the run must not stay half of what it says.
 */
async function giveUp({ run }: RunFile, date: RunDate, { store, log }: ProducerDeps): Promise<Production> {
  await updateObject(store, runKey(date), (current) => {
    const inForce = current && parseRunFile(current);
    if (inForce?.run !== run || inForce.status !== "queuing") return undefined;
    return runObject({ ...inForce, status: "rejected", error: REPLACED });
  });
  await removeAllFilesIfRejected(date, store);
  return told("outdated", log);
}

/** Tells of a CSV that can't be used: beside the run in force, or in its place where there is none. */
async function reject(run: RunFile, date: RunDate, reason: string, deps: ProducerDeps): Promise<Production> {
  const { store, log, metrics } = deps;
  let production: Exclude<Production, "queued"> = "rejected";
  await updateObject(store, runKey(date), (current) => {
    const inForce = current && parseRunFile(current);
    const verdict = laterRejection(run, inForce) ? "outdated" : verdictOn(run, inForce);
    if (verdict !== "go on") {
      production = verdict;
      return undefined;
    }
    const rejected = { source: run.source, reason, at: new Date().toISOString() };
    return inForce === undefined || inForce.status === "rejected"
      ? runObject({ ...run, status: "rejected", error: reason, rejected })
      : runObject({ ...inForce, rejected });
  });
  if (production !== "rejected") return told(production, log);
  await removeAllFilesIfRejected(date, store);
  log.error("the CSV can't be used", { reason });
  metrics.add(METRICS.csvRejected, 1);
  countOddRows(run, metrics);
  return production;
}
