import { isRunDate, type RunDate, utcDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { type EnteredReports, enterReports, type LoteReport } from "../files/enter-reports.ts";
import { type FailureReport, type ForeignReport, keptMessage, writableTime } from "../files/ledger-entry.ts";
import type { OutputMemory } from "../files/output-memory.ts";
import { nameInForce } from "../files/run-rules.ts";
import type { Log, MessageQueue, Metrics, ObjectStore } from "../ports.ts";
import { finish } from "./finish.ts";
import { type Closing, type LoteMessage, MalformedMessageError, parseMessage, recoveredIn } from "./message.ts";

export interface CollectorDeps {
  readonly store: ObjectStore;
  /** Where the letters come from. */
  readonly deadLetterQueue: MessageQueue;
  /** The budget: no run settles faster than its ids can be asked for. */
  readonly requestsPerSecond: number;
  readonly memory?: OutputMemory;
  readonly log: Log;
  readonly metrics: Metrics;
}

const LOTE_FAILED = {
  reason: "lote_failed",
  status: null,
  message: "the lote was received as often as SQS allows, and no consumer finished it",
} as const;

/** A message of the DeadLetterQueue. */
export interface DeadLetter {
  readonly body: string;
  readonly sentAt: Date;
  /** What its attribute VERSION_1_ATTEMPTS holds. */
  readonly version1Attempts?: string | undefined;
}

/** A dead letter once it was read: a lote, or something that is none, of which the ledger keeps a part. */
interface ParsedLetter {
  readonly sentAt: Date;
  readonly content: { readonly lote: LoteMessage } | { readonly closing: Closing } | { readonly kept: string };
  readonly date: RunDate;
}

/**
 * Writes what dead letters tell into the ledgers, each date's at once.
 * @returns for each letter, in their order, when it is in its ledger; it rejects when S3 can't be reached, and the letter must come back
 */
export function collect(letters: readonly DeadLetter[], deps: CollectorDeps): Promise<void>[] {
  const read = letters.map(parseLetter);
  const written = new Map<RunDate, Promise<void>>();
  for (const [date, group] of Map.groupBy(read, (letter) => letter.date))
    written.set(date, writeToLedger(date, group, deps));
  return read.map(({ date }) => written.get(date) ?? Promise.resolve());
}

function parseLetter({ body, sentAt: sent, version1Attempts }: DeadLetter): ParsedLetter {
  const sentAt = writableTime(sent);
  try {
    const message = parseMessage(body, version1Attempts);
    const content = message.kind === "closing" ? { closing: message } : { lote: message };
    return { content, date: message.date, sentAt };
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

/** Writes a date's letters into its ledger, and its manifest if its run has settled by that. */
async function writeToLedger(date: RunDate, letters: readonly ParsedLetter[], deps: CollectorDeps): Promise<void> {
  const output = new DateOutput(deps.store, date, deps.memory);
  const reports = letters.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime()).flatMap(reportOf);
  const entered = reports.length > 0 ? await enter(reports, output, deps) : undefined;
  const closings = letters.flatMap(({ content }) => ("closing" in content ? [content.closing] : []));
  await finish(output, { closings, entered }, deps);
}

async function enter(
  reports: readonly (LoteReport | ForeignReport)[],
  output: DateOutput,
  { log, metrics }: CollectorDeps,
): Promise<EnteredReports> {
  const entered = await enterReports(reports, output);
  const { date } = output;
  const { current, superseded, entries, failed } = entered;
  const run = nameInForce(current);
  if (superseded > 0) log.warn("dead letters dropped: a later upload superseded their run", { date, run, superseded });
  for (const [reason, ids] of failed) metrics.addFailed(reason, ids);
  log.info("ledger written", { date, run, letters: reports.length, entries });
  return entered;
}

function reportOf({ content, sentAt }: ParsedLetter): (LoteReport | ForeignReport)[] {
  if ("closing" in content) return [];
  if ("kept" in content) return [{ id: null, lote: null, message: content.kept, failedAt: sentAt }];
  const { run, lote, ids } = content.lote;
  return [{ run, lote, ids, failures: failuresOf(content.lote, sentAt), recovered: recoveredIn(content.lote) }];
}

/** A failure for each id: as the consumer tells it, or, where it got no word out, that the lote failed. */
function failuresOf(message: LoteMessage, sentAt: Date): FailureReport[] {
  const { run, lote, ids, attempts } = message;
  const told = new Map("failures" in message ? message.failures.map((failure) => [failure.id, failure]) : []);
  return ids.map((id): FailureReport => {
    const failure = told.get(id);
    if (failure) return { ...failure, lote, run, attempts: Math.max(1, attempts), failedAt: sentAt };
    // SQS keeps the time of the first sending when it moves a message, which is long before it failed for good.
    return { id, ...LOTE_FAILED, lote, run, attempts: attempts + 1, failedAt: new Date() };
  });
}
