import type { DateOutput } from "../files/date-output.ts";
import type { EnteredReports } from "../files/enter-reports.ts";
import { type Manifest, manifestObject, nextManifest, readManifest } from "../files/manifest.ts";
import { type Stock, takeStock, type UnsettledRun } from "../files/take-stock.ts";
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
export const SHORTEST_WAIT_SECONDS = 2;
/** SQS keeps no message back for more than 900 s, and the alarm of the queue's age must not sound for one that is kept back on purpose. */
const LONGEST_WAIT_SECONDS = 600;

/** A closing message that comes when its time is over. */
export function closingMessage(closing: Closing, delaySeconds: number): OutgoingMessage {
  return { body: messageBody(closing), delaySeconds };
}

/**
 * Writes `_manifest.json` if the run in force has settled. If it has not, a closing message is sent once more, to ask again.
 *
 * The producer sends the first one, so each run has one on its way until it has settled. What is changed after that is changed by a replay,
 * whose every lote reports to the collector: the last report settles the account again, and is an occasion by itself.
 */
export async function finish(output: DateOutput, occasion: Occasion, deps: FinishDeps): Promise<void> {
  const { closings, entered } = occasion;
  if (closings.length === 0 && !(await mayHaveSettled(entered, output, deps))) return;
  const { unsettled, manifest } = await writeManifest(output);
  if (manifest !== undefined) {
    const { date, run, revision, ids, stored, failed } = manifest;
    deps.log.info("run finished", { date, run, revision, ids, stored, failed });
  }
  const again = closings.find(({ run }) => run === unsettled?.run);
  if (again === undefined) return;
  await deps.deadLetterQueue.send([closingMessage(again, waitSeconds(unsettled, again, deps))]);
}

/**
 * Writes `_manifest.json` if the run in force has settled, and if it is not written yet.
 * @returns the manifest if it was written, and what is known of a run that has not settled
 */
export function writeManifest(
  output: DateOutput,
): Promise<Pick<Stock, "unsettled"> & { readonly manifest: Manifest | undefined }> {
  return output.changeManifest(async (object) => {
    const { settled, unsettled } = await takeStock(output);
    // One that can't be read is written anew.
    const known = object && readManifest(object);
    const manifest = settled && nextManifest(settled, known);
    return { next: manifest && manifestObject(manifest), unsettled, manifest };
  });
}

/** Whether reports may have settled a run: one that had time enough to ask for all other ids, or one that had settled before. */
async function mayHaveSettled(
  entered: EnteredReports | undefined,
  output: DateOutput,
  { requestsPerSecond }: FinishDeps,
): Promise<boolean> {
  if (entered?.run === undefined) return false;
  const run = await output.currentRun();
  if (run?.run !== entered.run || run.status !== "queued") return false;
  const seconds = (Date.now() - Date.parse(run.started_at)) / 1_000;
  return entered.entries + seconds * requestsPerSecond >= run.ids || output.hasFinished(run.run);
}

/** Until the ids of which nothing was heard can all have been asked for, those that need not be asked for aside. */
function waitSeconds(
  unsettled: UnsettledRun | undefined,
  { reusable = 0 }: Closing,
  { requestsPerSecond }: FinishDeps,
): number {
  const left = Math.max(0, (unsettled?.idsUnheard ?? 0) - reusable);
  return Math.min(Math.max(Math.ceil(left / requestsPerSecond), SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);
}
