import { isRunDate, ledgerKey, loteKey, type RunDate, utcDate } from "../keys.ts";
import { parseLoteFile, runOf } from "../lote/lote-file.ts";
import { type LoteMessage, MalformedMessageError, parseMessage } from "../message.ts";
import type { Metrics } from "../metrics.ts";
import type { Log, ObjectStore } from "../ports.ts";
import type { Reason } from "../reasons.ts";
import { type RunFile, readRun } from "../run/run-file.ts";
import { updateObject } from "../update-object.ts";
import { type FailureReport, keptMessage, timeOf } from "./entry.ts";
import { Ledger } from "./ledger.ts";

export interface CollectorDeps {
  readonly store: ObjectStore;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A message of the DeadLetterQueue. */
export interface DeadLetter {
  readonly body: string;
  readonly sentAt: Date;
  /** What its attribute VERSION_1_ATTEMPTS holds. */
  readonly version1Attempts?: string | undefined;
}

/** A dead letter once it was read: a lote, or something that is none, of which the ledger keeps a part. */
interface ReadLetter {
  readonly sentAt: Date;
  readonly content: { readonly lote: LoteMessage } | { readonly kept: string };
  readonly date: RunDate;
}

/**
 * Writes what dead letters tell into the ledgers, each date's at once.
 * @returns for each letter, in their order, when it is in its ledger; it rejects when S3 can't be reached, and the letter must come back
 */
export function collect(letters: readonly DeadLetter[], deps: CollectorDeps): Promise<void>[] {
  const read = letters.map(readLetter);
  const written = new Map<RunDate, Promise<void>>();
  for (const [date, group] of Map.groupBy(read, (letter) => letter.date))
    written.set(date, writeDown(date, group, deps));
  return read.map(({ date }) => written.get(date) ?? Promise.resolve());
}

function readLetter({ body, sentAt: sent, version1Attempts }: DeadLetter): ReadLetter {
  const sentAt = timeOf(sent);
  try {
    const lote = parseMessage(body, version1Attempts);
    return { content: { lote }, date: lote.date, sentAt };
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return { content: { kept: keptMessage(body) }, date: dateIn(body) ?? utcDate(sentAt), sentAt };
  }
}

/** The date a malformed message names all the same. */
function dateIn(body: string): RunDate | undefined {
  try {
    const { date } = JSON.parse(body);
    return typeof date === "string" && isRunDate(date) ? date : undefined;
  } catch {
    return undefined;
  }
}

/** A lote, and those of its ids that were entered. */
interface EnteredLote {
  readonly lote: LoteMessage;
  readonly failed: ReadonlySet<string>;
}

/** What was written into a ledger. */
interface Written {
  /** The run that was in force; undefined when none was. */
  readonly run: string | undefined;
  readonly superseded: number;
  readonly entered: readonly EnteredLote[];
  readonly entries: number;
  /** Ids that failed since the ledger was read. */
  readonly failed: ReadonlyMap<Reason, number>;
}

async function writeDown(date: RunDate, letters: readonly ReadLetter[], deps: CollectorDeps): Promise<void> {
  const { store, log, metrics } = deps;
  const inOrder = letters.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  let written = await write(date, inOrder, store);
  // What was looked at before the write may have changed by then: a superseded run must not leave its entries behind, and an id that has
  // got its record must not stay.
  while ((await runInForce(date, store)) !== written.run || (await haveGotRecords(written.entered, store))) {
    written = await write(date, inOrder, store);
  }
  const { run, superseded, entries, failed } = written;
  if (superseded > 0) log.warn("dead letters dropped: a later upload superseded their run", { date, run, superseded });
  for (const [reason, ids] of failed) metrics.addFailed(reason, ids);
  log.info("ledger written", { date, run, letters: letters.length, entries });
}

async function write(date: RunDate, letters: readonly ReadLetter[], store: ObjectStore): Promise<Written> {
  let written: Written | undefined;
  await updateObject(store, ledgerKey(date), async (current) => {
    const ledger = Ledger.parse(current);
    // Looked up after the ledger: entries of a later run can't be there unless that run is seen here.
    const inForce = await readRun(store, date);
    const run = idOf(inForce);
    // Of a date that never had a run there is nothing to tell the entries' run from: they stay.
    if (inForce !== undefined) ledger.keepRun(run);
    let superseded = 0;
    const entered: EnteredLote[] = [];
    for (const letter of letters) {
      const { content } = letter;
      if ("kept" in content) ledger.enter({ id: null, lote: null, message: content.kept, failedAt: letter.sentAt });
      else if (content.lote.run === run) entered.push(await enter(letter, content.lote, ledger, store));
      else superseded++;
    }
    written = { run, superseded, entered, entries: ledger.entries().length, failed: ledger.failedSinceRead() };
    if (ledger.isEmpty) return "remove";
    const next = ledger.toObject(run);
    return current?.body === next.body ? undefined : next;
  });
  return written as unknown as Written;
}

async function runInForce(date: RunDate, store: ObjectStore): Promise<string | undefined> {
  return idOf(await readRun(store, date));
}

/** A run that is rejected is not in force. */
function idOf(run: RunFile | undefined): string | undefined {
  return run?.status === "rejected" ? undefined : run?.run;
}

/** Whether any of the ids that were entered has a record by now. */
async function haveGotRecords(entered: readonly EnteredLote[], store: ObjectStore): Promise<boolean> {
  for (const { lote, failed } of entered) {
    if (failed.size === 0) continue;
    // Asked as before the write, so that the answer is another one only if the file is another one.
    for (const id of await storedIds(lote, store)) if (failed.has(id)) return true;
  }
  return false;
}

/** Enters a lote's failures, and takes out its recoveries. */
async function enter(letter: ReadLetter, lote: LoteMessage, ledger: Ledger, store: ObjectStore): Promise<EnteredLote> {
  const reports = reportsOf(letter, lote);
  // An id may have failed in one delivery of its lote and succeeded in another, and the reports come in any order: the file tells.
  const stored = reports.length > 0 ? [...(await storedIds(lote, store))] : [];
  for (const report of reports) ledger.enter(report);
  ledger.recover(lote.lote, [...stored, ...(lote.kind === "report" ? lote.recovered : [])]);
  return { lote, failed: new Set(lote.ids).difference(new Set(stored)) };
}

/** A report for each id: the consumer's, or, where it got no word out, that the lote failed. */
function reportsOf({ sentAt }: ReadLetter, message: LoteMessage) {
  const { run, lote, ids, attempts } = message;
  const told = new Map("failures" in message ? message.failures.map((failure) => [failure.id, failure]) : []);
  return ids.map((id): FailureReport => {
    const failure = told.get(id);
    const tries = { lote, run, attempts: Math.max(1, attempts) };
    return failure
      ? { ...failure, ...tries, failedAt: sentAt }
      : {
          id,
          reason: "lote_failed",
          status: null,
          message: "the lote was received as often as SQS allows, and no consumer finished it",
          ...tries,
          attempts: attempts + 1,
          // SQS keeps the time of the first sending when it moves a message, which is long before it failed for good.
          failedAt: new Date(),
        };
  });
}

async function storedIds({ run, date, lote, ids }: LoteMessage, store: ObjectStore): Promise<Iterable<string>> {
  const file = await store.get(loteKey(date, lote));
  return file && runOf(file) === run ? parseLoteFile(file, ids).records.keys() : [];
}
