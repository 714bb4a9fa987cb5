import type { CancelledRun } from "../files/run-file.ts";
import { ASYNC_RETRY_DELAYS_SECONDS, PRODUCER } from "../topology.ts";
import { type Account, idsLeft } from "./account.ts";
import type { Trouble } from "./trouble.ts";

/** How many messages of a queue can be received, and how many are being worked on or hidden after a failure. */
export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  /** How many can't be received yet, since they were sent with a delay. In the DeadLetterQueue these are the collector's own, and no reports. */
  readonly delayed?: number;
}

// Consumers take a lote within a second or two; cold starts and SQS's approximate counts take some more.
const GRACE_SECONDS = 30;

// Each try and the waits in between: a producer that is not done by then has been given up.
const PRODUCER_GIVES_UP_SECONDS =
  PRODUCER.timeoutSeconds * (1 + ASYNC_RETRY_DELAYS_SECONDS.length) +
  ASYNC_RETRY_DELAYS_SECONDS.reduce((sum, wait) => sum + wait, 0);

/** What is left in the queues; SQS counts approximately. */
export interface Queues {
  readonly lotes: QueueDepth;
  readonly deadLetters: QueueDepth;
}

/** Why a run does not come to its end by itself, and what to do; empty while there is nothing to say. */
export function diagnose(account: Account, queues: Queues, now = new Date()): Trouble[] {
  const { run, failures, settled } = account;
  if (run.status === "rejected") return [{ code: "csv_rejected", message: `the CSV was rejected: ${run.error}` }];
  const troubles: Trouble[] = [];
  if (run.status === "cancelled") {
    troubles.push({ code: "run_cancelled", message: cancelledInWords(run) });
  }
  if (run.rejected) {
    troubles.push({
      code: "upload_rejected",
      message: `a later upload was rejected, and this run stays in force: ${run.rejected.reason}`,
    });
  }
  if (failures.length > 0 && failures.every(({ reason }) => reason === "unauthorized")) {
    troubles.push({
      code: "token_refused",
      message: "TMDB refuses the token: set a valid one, then replay",
    });
  }
  const age = (now.getTime() - Date.parse(run.queued_at ?? run.started_at)) / 1000;
  if (settled) return [...troubles, ...whyNoManifest(account, now)];
  if (run.status === "cancelled" || age < GRACE_SECONDS) return troubles;
  return [...troubles, ...(run.status === "queuing" ? whyQueuing(age) : whyUnsettled(account, queues))];
}

/** What became of a cancelled run, and what to do. */
export function cancelledInWords({ cancelled_at }: Pick<CancelledRun, "cancelled_at">): string {
  return `the run was cancelled at ${cancelled_at}: nothing more is asked for; ingest the CSV to start anew`;
}

function whyQueuing(age: number): Trouble[] {
  if (age <= PRODUCER_GIVES_UP_SECONDS) return [];
  const message = "the producer was given up before it had queued every lote: see its log, then ingest the CSV again";
  return [{ code: "producer_gave_up", message }];
}

/** The collector writes the manifest within 10 s. Later than that, the next step waits for nothing. */
function whyNoManifest({ manifest, manifestProblem, finishedAt }: Account, now: Date): Trouble[] {
  const isLate = finishedAt !== undefined && now.getTime() - finishedAt.getTime() > GRACE_SECONDS * 1000;
  if (manifest !== undefined || !isLate) return [];
  if (manifestProblem !== undefined) return [{ code: "unreadable_manifest", message: manifestProblem }];
  const message =
    "no _manifest.json names the files as they are: the collector did not write it (see its log), or a file was changed since; replay an id, or ingest the CSV again";
  return [{ code: "no_manifest", message }];
}

function whyUnsettled(account: Account, { lotes, deadLetters }: Queues): Trouble[] {
  if (lotes.visible > 0 && lotes.inFlight === 0) {
    const waiting = count(lotes.visible, "lote");
    const message = `${waiting} waiting and no consumer at work: is it deployed, and its event source on?`;
    return [{ code: "no_consumer", message }];
  }
  if (deadLetters.visible > 0 && deadLetters.inFlight === 0) {
    const waiting = count(deadLetters.visible, "failure report");
    return [{ code: "no_collector", message: `${waiting} waiting and no collector at work: see its log` }];
  }
  if (isAnythingIn(lotes) || deadLetters.visible + deadLetters.inFlight > 0) return [];
  const left = idsLeft(account);
  if (left === 0) return [countedTwice(account)];
  const missing = count(left, "id");
  const message = `${missing} neither stored nor failed, and nothing is queued: ingest the CSV again`;
  return [{ code: "ids_missing", message }];
}

/** Whether LoteQueue has anything, received or not. */
export function isAnythingIn({ visible, inFlight, delayed = 0 }: QueueDepth): boolean {
  return visible + inFlight + delayed > 0;
}

function countedTwice({ run, stored, failures }: Account): Trouble {
  const more = stored + failures.length - run.ids;
  const message = `${more} more ${more === 1 ? "id is" : "ids are"} stored or failed than were selected, and nothing is queued: somebody has changed a file; ingest the CSV again`;
  return { code: "ids_counted_twice", message };
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what} is` : `${number} ${what}s are`;
}
