import { setTimeout as delay } from "node:timers/promises";
import { UnusableCsvError } from "../dataset/header.ts";
import { type Acceptance, rejectionOf } from "../dataset/rejection.ts";
import type { RunDate } from "../dataset/run-date.ts";
import { type CompactSelection, selectCompactly } from "../dataset/select-ids.ts";
import { DateOutput } from "../files/date-output.ts";
import { earlierRecords, type ReuseRule } from "../files/earlier-records.ts";
import { LONGEST_REMOVAL_MS, removeEarlierFiles, removeFilesIfRejected } from "../files/remove-files.ts";
import { type CsvVersion, newRun, type QueuingRun, type RunFile } from "../files/run-file.ts";
import { declareQueued, giveUp, putInForce, reject, type Verdict, verdictOn } from "../files/run-rules.ts";
import { METRICS } from "../metrics.ts";
import {
  type FolderStore,
  type Log,
  type MessageQueue,
  type Metrics,
  ObjectChangedError,
  type ObjectStore,
  type OutgoingMessage,
} from "../ports.ts";
import { LEDGER_PARTS, type LedgerParts } from "../topology.ts";
import { cutIntoLotes, type Lote } from "./cut-into-lotes.ts";
import { firstClosing } from "./finish.ts";
import { messageBody } from "./message.ts";
import { knownRecords } from "./reuse.ts";

export interface ProducerDeps extends Acceptance {
  readonly store: FolderStore;
  readonly loteQueue: MessageQueue;
  /** The collector's, which is asked to close the run. */
  readonly deadLetterQueue: MessageQueue;
  readonly loteSize: number;
  /** The budget: no run settles faster than its ids can be asked for. */
  readonly requestsPerSecond: number;
  /** How the ledgers of runs are kept. Default: `LEDGER_PARTS`. */
  readonly ledgerParts?: LedgerParts;
  /** Which records are taken from earlier runs. */
  readonly reuse: ReuseRule;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What an upload's metadata holds if its CSV is to be used although too many rows are malformed, or nothing is selected. */
export const FORCE = { name: "force", value: "true" } as const;

/** What SQS takes in one request. With the records of earlier runs in them, the messages of all lotes at once may not fit into memory. */
const LOTES_AT_ONCE = 10;

/** What became of an upload. */
export type UploadOutcome = "queued" | "already queued" | "cancelled" | "outdated" | "rejected";

/**
 * Turns one upload of a movies.csv into a run: selects the ids, puts the run in force, removes the files of the earlier run, and
 * sends the lotes. May be called again for the same upload, whatever became of the first call.
 * @throws when S3 or SQS can't be reached; calling again goes on from there.
 */
export async function produce(source: CsvVersion, date: RunDate, deps: ProducerDeps): Promise<UploadOutcome> {
  const { store, loteQueue, deadLetterQueue, filter, loteSize, requestsPerSecond, reuse, log, metrics } = deps;
  const output = new DateOutput(store, date);
  const started = newRun(source, filter, new Date());
  const before = verdictOn(started, await output.currentRun());
  if (before !== "go on") return skip(before, started.run, output, log);

  const read = await readCsv(source, deps);
  if (read === "replaced") {
    await output.changeRun((current) => giveUp(started.run, current));
    return skip("outdated", started.run, output, log);
  }
  if ("unusable" in read) return rejectUpload(started, read.unusable, output, deps);
  const { rows, malformed, unreadable, ids } = read.selection;
  const counted: QueuingRun = { ...started, rows, malformed, unreadable };
  if (read.rejection !== undefined) return rejectUpload(counted, read.rejection, output, deps);

  // Before the earlier run's files are removed.
  const earlier = await earlierRecords(ids, date, reuse, { store, log, now: new Date() });
  const lotes = Math.ceil(ids.length / loteSize);
  const run: QueuingRun = { ...counted, ids: ids.length, lotes, ...ledgerParts(lotes, deps) };
  const { verdict, resumed, isFirst } = await output.changeRun((current) => putInForce(run, current));
  if (verdict !== "go on") return skip(verdict, run.run, output, log);
  log.info("run in force", {
    rows,
    malformed,
    unreadable,
    ids: ids.length,
    lotes,
    reusable: earlier.size,
    resumed,
  });

  // Whoever has looked at an earlier run's file before this run was in force may be about to remove it, and knows it by the hash of its bytes. A file of
  // this run may have the same bytes, so none is written before such removals are done.
  await Promise.all([removeEarlierFiles(output, run.run), isFirst ? undefined : delay(LONGEST_REMOVAL_MS)]);
  const common = { kind: resumed ? "resumed" : "lote", run: run.run, date, attempts: 0 } as const;
  const bodyOf = (lote: Lote) => messageBody({ ...common, ...lote, ...knownRecords(lote.ids, earlier) });
  let messages: OutgoingMessage[] = [];
  for (const lote of cutIntoLotes(ids, loteSize)) {
    messages.push({ body: bodyOf(lote) });
    if (lote.lote % LOTES_AT_ONCE !== 0) continue;
    await loteQueue.send(messages);
    messages = [];
  }
  await loteQueue.send(messages);
  // Before the run is declared queued: a producer that dies between the two begins again, and sends this again.
  await deadLetterQueue.send([firstClosing({ ...run, date }, earlier.size, requestsPerSecond)]);
  await output.changeRun((current) => declareQueued(run.run, new Date(), current));
  log.info("lotes queued", { lotes });
  metrics.add(METRICS.idsSelected, ids.length);
  countOddRows(run, metrics);
  return "queued";
}

function ledgerParts(lotes: number, { ledgerParts = LEDGER_PARTS }: ProducerDeps): Pick<RunFile, "ledger_part_lotes"> {
  return lotes > ledgerParts.mostLotesInOne ? { ledger_part_lotes: ledgerParts.lotesOfPart } : {};
}

/** What was read of a CSV, and why its run may not take the place of an earlier one; or why nothing could be read. */
type ReadCsv =
  | { readonly selection: CompactSelection; readonly rejection?: string | undefined }
  | { readonly unusable: string }
  | "replaced";

async function readCsv(source: CsvVersion, deps: ProducerDeps): Promise<ReadCsv> {
  const { store, filter, log } = deps;
  try {
    const selection = await selectCompactly(await store.stream(source.key, source.etag), filter);
    const rejection = rejectionOf(selection, deps);
    if (rejection === undefined || !(await isForced(source, store))) return { selection, rejection };
    log.warn("the CSV is used all the same, as its upload demands", { reason: rejection });
    return { selection };
  } catch (error) {
    if (error instanceof ObjectChangedError) return "replaced";
    if (error instanceof UnusableCsvError) return { unusable: error.message };
    throw error;
  }
}

/** Whether whoever uploaded a CSV wants it used whatever is in it. */
async function isForced({ key, etag }: CsvVersion, store: ObjectStore): Promise<boolean> {
  const head = await store.head(key);
  if (head?.etag !== etag) throw new ObjectChangedError(key);
  return head.metadata[FORCE.name] === FORCE.value;
}

function countOddRows({ malformed, unreadable }: RunFile, metrics: Metrics): void {
  if (malformed.count > 0) metrics.add(METRICS.rowsMalformed, malformed.count);
  if (unreadable.count > 0) metrics.add(METRICS.rowsUnreadable, unreadable.count);
}

/** Ends an upload of which nothing more is to be queued. */
async function skip(
  verdict: Exclude<Verdict, "go on">,
  run: string,
  output: DateOutput,
  log: Log,
): Promise<UploadOutcome> {
  if (verdict === "cancelled") {
    // A producer that died when its run was in force may have left files of the run before it, and the cancelled run stays in force.
    await removeEarlierFiles(output, run);
    log.info("the run of this upload was cancelled");
  } else if (verdict === "outdated") {
    // A producer may have died between giving the run up and removing its files.
    await removeFilesIfRejected(output);
    log.warn("the CSV was replaced by a later upload, which has its own event");
  } else log.info("this upload is queued already");
  return verdict;
}

async function rejectUpload(
  run: QueuingRun,
  reason: string,
  output: DateOutput,
  { log, metrics }: ProducerDeps,
): Promise<UploadOutcome> {
  const { verdict } = await output.changeRun((current) => reject(run, reason, new Date(), current));
  if (verdict !== "go on") return skip(verdict, run.run, output, log);
  await removeFilesIfRejected(output);
  log.error("the CSV can't be used", { reason });
  metrics.add(METRICS.csvRejected, 1);
  countOddRows(run, metrics);
  return "rejected";
}
