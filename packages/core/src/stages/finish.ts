import type { RunDate } from "../dataset/run-date.ts";
import type { DateOutput } from "../files/date-output.ts";
import type { EnteredReports } from "../files/enter-reports.ts";
import { lacksRecords } from "../files/lote-file.ts";
import { type Manifest, manifestObject, nextManifest, readManifest } from "../files/manifest.ts";
import { isInForce, isOpen, type OpenRun } from "../files/run-rules.ts";
import { hasEntries } from "../files/store-lote.ts";
import { lastToWaitFor, type Stock, takeStock, type UnsettledRun } from "../files/take-stock.ts";
import type { Log, MessageQueue, OutgoingMessage } from "../ports.ts";
import { type Closing, messageBody } from "./message.ts";

export interface FinishDeps {
  readonly deadLetterQueue: MessageQueue;
  readonly requestsPerSecond: number;
  readonly log: Log;
}

/** Why somebody looks whether a run has settled. */
export interface Occasion {
  /** Messages that ask for it. */
  readonly closings: readonly Closing[];
  /** What was entered into the ledger just now, if anything. */
  readonly entered: EnteredReports | undefined;
}

/**
 * How long a closing message is kept back at the least. With the 5 s for which the collector's messages are gathered, a run is found settled
 * within 10 s of its last id.
 */
const SHORTEST_WAIT_SECONDS = 2;
/** SQS keeps no message back for more than 900 s, and the alarm of the queue's age must not sound for one that is kept back on purpose. */
const LONGEST_WAIT_SECONDS = 600;
/**
 * A run that takes longer has many lotes, and a look at one takes the collector some 13 ms. So it looks at them meanwhile, for the last time shortly before
 * the end: then few are left for the end itself.
 */
const LONG_SECONDS = 300;
const LAST_SECONDS = 15;

/** How long a closing message is kept back while nothing was heard of the lote that it names. A look at one lote costs little. */
const UNHEARD_WAIT_SECONDS = 1;
/** How many lotes are looked at before all are. */
const SAMPLES = 4;

/** The first closing message of a run, of which nothing was heard yet. */
export function firstClosing(
  {
    run,
    date,
    ids,
    lotes,
  }: { readonly run: string; readonly date: RunDate; readonly ids: number; readonly lotes: number },
  reusable: number,
  requestsPerSecond: number,
): OutgoingMessage {
  const closing: Closing = { kind: "closing", run, date, ...(reusable > 0 && { reusable }) };
  const unheard = lotes > 0 ? lastToWaitFor(lotes, 0) : undefined;
  return closingMessage(closing, { idsUnheard: ids, unheard }, requestsPerSecond);
}

/** A closing message that comes when its run may have settled, as far as is known. */
function closingMessage(
  closing: Closing,
  { idsUnheard, unheard }: Pick<UnsettledRun, "idsUnheard" | "unheard">,
  requestsPerSecond: number,
): OutgoingMessage {
  const { reusable = 0 } = closing;
  // Until the ids of which nothing was heard can all have been asked for, those that need not be asked for aside.
  const seconds = Math.ceil(Math.max(0, idsUnheard - reusable) / requestsPerSecond);
  const isLong = seconds > LONG_SECONDS;
  const wait = isLong ? seconds - LAST_SECONDS : seconds;
  const delaySeconds = Math.min(Math.max(wait, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);
  // A message that comes when the run may have ended needs a look at that lote only. One that comes sooner needs a look at all, to know how long to wait.
  return { body: messageBody({ ...closing, unheard: isLong ? undefined : unheard }), delaySeconds };
}

/**
 * Writes `_manifest.json` if the run in force has settled. If it has not, a closing message is sent once more, to ask again.
 *
 * The producer sends the first one, so each run has one on its way until it has settled. What is changed after that is changed by a replay,
 * whose every lote reports to the collector: the last report settles the account again, and is an occasion by itself.
 */
export async function finish(output: DateOutput, { closings, entered }: Occasion, deps: FinishDeps): Promise<void> {
  const current = entered?.current ?? (closings.length > 0 ? await output.currentRun() : undefined);
  if (!isInForce(current)) return;
  const asking = closings.filter(({ run }) => run === current.run);
  const [again] = asking;
  if (isOpen(current) && !(await mayHaveSettled(current, asking, entered, output))) {
    const soon = again && { body: messageBody(again), delaySeconds: UNHEARD_WAIT_SECONDS };
    if (soon !== undefined) await deps.deadLetterQueue.send([soon]);
    return;
  }
  const { unsettled, manifest, known } = await writeManifest(output);
  if (manifest !== undefined) {
    const { date, run, revision, ids, stored, failed } = manifest;
    deps.log.info("run finished", { date, run, revision, ids, stored, failed });
  }
  if (unsettled?.run !== current.run) return;
  // Every id was reported before the producer has declared the run queued; or a file was changed or removed between the looks at a run that had settled, of
  // which no closing message is on its way any more; or there was no time for all looks. The next occasion may be far away, or never come.
  const isLastOccasion = current.status === "queuing" || known?.run === current.run || unsettled.isCutShort;
  const own: Closing | undefined = isLastOccasion
    ? { kind: "closing", run: current.run, date: output.date }
    : undefined;
  const next = again ?? own;
  if (next !== undefined) {
    await deps.deadLetterQueue.send([closingMessage(next, unsettled, deps.requestsPerSecond)]);
  }
}

/**
 * Writes `_manifest.json` if the run in force has settled, and if it is not written yet.
 * @returns the manifest if it was written, the one that was there, and what is known of a run that has not settled
 */
export function writeManifest(
  output: DateOutput,
): Promise<
  Pick<Stock, "unsettled"> & { readonly manifest: Manifest | undefined; readonly known: Manifest | undefined }
> {
  return output.changeManifest(async (object) => {
    const { settled, unsettled } = await takeStock(output);
    // One that can't be read is written anew.
    const known = object && readManifest(object);
    const manifest = settled && nextManifest(settled, known);
    return { next: manifest && manifestObject(manifest), unsettled, manifest, known };
  });
}

/**
 * Whether it is worth to take stock, which takes a look at each of a run's lotes. As long as nothing was heard of one, a look at that one will do.
 * @param asking closing messages of the run
 */
async function mayHaveSettled(
  run: OpenRun,
  asking: readonly Closing[],
  entered: EnteredReports | undefined,
  output: DateOutput,
): Promise<boolean> {
  for (const { unheard } of asking) if (unheard === undefined || (await isHeardOf(unheard, run, output))) return true;
  if (entered?.current?.run !== run.run) return false;
  // Lotes are worked on nearly in their order. Where they are not, one of these is unheard of as long as many are.
  const few = new Set(Array.from({ length: SAMPLES }, (_, n) => Math.ceil((run.lotes * (SAMPLES - n)) / SAMPLES)));
  for (const lote of few) if (lote > 0 && !(await isHeardOf(lote, run, output))) return false;
  return true;
}

/** Whether a lote has a file with all its records, or a failure. */
async function isHeardOf(lote: number, run: OpenRun, output: DateOutput): Promise<boolean> {
  const head = await output.loteHead(lote);
  if (head?.metadata.run === run.run && !lacksRecords(head.metadata)) return true;
  return hasEntries(output, run, lote);
}
