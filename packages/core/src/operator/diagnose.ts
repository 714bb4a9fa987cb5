import { ASYNC_RETRY_DELAYS_SECONDS, PRODUCER } from "../topology.ts";
import { type Account, idsLeft } from "./account.ts";
import type { Trouble } from "./trouble.ts";

/** How many messages of a queue can be received, and how many are being worked on or hidden after a failure. */
export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
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
    const message = `the run was cancelled at ${run.cancelled_at}: nothing more is asked for; ingest the CSV to start anew`;
    troubles.push({ code: "run_cancelled", message });
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
  if (settled || run.status === "cancelled" || age < GRACE_SECONDS) return troubles;
  return [...troubles, ...(run.status === "queuing" ? whyQueuing(age) : whyUnsettled(account, queues))];
}

function whyQueuing(age: number): Trouble[] {
  if (age <= PRODUCER_GIVES_UP_SECONDS) return [];
  const message = "the producer was given up before it had queued every lote: see its log, then ingest the CSV again";
  return [{ code: "producer_gave_up", message }];
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
  if ([lotes, deadLetters].some(({ visible, inFlight }) => visible + inFlight > 0)) return [];
  const missing = count(idsLeft(account), "id");
  const message = `${missing} neither stored nor failed, and nothing is queued: ingest the CSV again`;
  return [{ code: "ids_missing", message }];
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what} is` : `${number} ${what}s are`;
}
