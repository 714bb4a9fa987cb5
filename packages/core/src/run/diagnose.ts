import { ASYNC_RETRY_DELAYS_SECONDS, PRODUCER } from "../topology.ts";
import type { Account } from "./account.ts";

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

/** Why a run does not come to its end by itself, and what to do, in one line each; empty while there is nothing to say. */
export function diagnose(account: Account, queues: Queues, now = new Date()): string[] {
  const { run, failures, settled } = account;
  if (run.status === "rejected") return [`the CSV was rejected: ${run.error}`];
  const lines: string[] = [];
  if (run.rejected) {
    lines.push(`a later upload was rejected, and this run stays in force: ${run.rejected.reason}`);
  }
  if (failures.length > 0 && failures.every(({ reason }) => reason === "unauthorized")) {
    lines.push("TMDB refuses the token: set a valid one, then `lotes replay`");
  }
  const age = (now.getTime() - Date.parse(run.queued_at ?? run.started_at)) / 1000;
  if (settled || age < GRACE_SECONDS) return lines;
  return [...lines, ...(run.status === "queuing" ? whyQueuing(age) : whyUnsettled(account, queues))];
}

function whyQueuing(age: number): string[] {
  return age > PRODUCER_GIVES_UP_SECONDS
    ? ["the producer was given up before it had queued every lote: see its log, then ingest the CSV again"]
    : [];
}

function whyUnsettled({ run, stored, failures }: Account, { lotes, deadLetters }: Queues): string[] {
  const left = run.ids - stored - failures.length;
  if (lotes.visible > 0 && lotes.inFlight === 0) {
    return [
      `${count(lotes.visible, "lote")} waiting and no consumer at work: is it deployed, and its event source on?`,
    ];
  }
  if (deadLetters.visible > 0 && deadLetters.inFlight === 0) {
    return [`${count(deadLetters.visible, "failure report")} waiting and no collector at work: see its log`];
  }
  if ([lotes, deadLetters].some(({ visible, inFlight }) => visible + inFlight > 0)) return [];
  return [`${count(left, "id")} neither stored nor failed, and nothing is queued: ingest the CSV again`];
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what} is` : `${number} ${what}s are`;
}
