import type { Moved } from "@lotes/aws";
import {
  Accountant,
  chooseReplay,
  loadSettings,
  type Reason,
  type Replayable,
  type RunDate,
  replayMessages,
} from "@lotes/core";
import { plural, printJson, printLines } from "../output.ts";
import { reasonLines } from "../reasons.ts";
import { openTarget, type Target } from "../target.ts";
import { today } from "../today.ts";
import { UserError } from "../user-error.ts";
import { depths, follow, isReplayed } from "../watch.ts";
import { tellStatus } from "./status.ts";

export interface ReplayOptions {
  readonly date?: RunDate;
  readonly reason?: Reason;
  readonly id?: string;
  readonly all?: boolean;
  readonly dlq?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** What was sent, or would be. */
interface Sent {
  readonly entries: readonly Replayable[];
  readonly lotes: number;
  /** Failures that were not chosen. */
  readonly left: number;
  readonly dryRun: boolean;
  readonly dlq: Moved | { readonly waiting: number } | undefined;
}

/** Sends failures back to LoteQueue. The entries leave the ledger once they are recovered, and not before. */
export async function replay({
  date = today(),
  watch = false,
  json = false,
  ...options
}: ReplayOptions): Promise<void> {
  const { tmdb } = loadSettings(process.env);
  using target = await openTarget();
  const sent = await send(target, date, options);
  if (json) printSent(sent, date);
  else printLines(sentences(sent));
  if (sent.dlq && "problem" in sent.dlq) process.exitCode = 1;
  if (!watch || sent.dryRun || sent.entries.length === 0) return;
  const account = await follow(target, date, tmdb.requestsPerSecond, isReplayed(sent.entries));
  if (!json) tellStatus(account, await depths(target), target, date);
}

async function send(
  target: Target,
  date: RunDate,
  { dlq = false, dryRun = false, ...choice }: Omit<ReplayOptions, "date" | "watch" | "json">,
): Promise<Sent> {
  const account = await new Accountant(target.store, date).take();
  if (account === undefined && !dlq) throw new UserError(`there is no run of ${date} on ${target.name}`);
  const { failures = [] } = account ?? {};
  const entries = chooseReplay(failures, account?.run.run ?? "", choice);
  const messages = replayMessages(entries, date);
  if (!dryRun) await target.loteQueue.send(messages);
  return {
    entries,
    lotes: messages.length,
    left: failures.length - entries.length,
    dryRun,
    dlq: dlq ? await moveDeadLetters(target, dryRun) : undefined,
  };
}

async function moveDeadLetters({ deadLetters, loteQueueUrl }: Target, dryRun: boolean) {
  return dryRun ? { waiting: (await deadLetters.depth()).visible } : deadLetters.moveAllTo(loteQueueUrl);
}

function printSent({ entries, lotes, dryRun, dlq }: Sent, date: RunDate): void {
  printJson({ date, ids: entries.length, lotes, sent: !dryRun, ...(dlq && { dlq }) });
}

function sentences({ entries, lotes, left, dryRun, dlq }: Sent): string[] {
  const what = `${plural(entries.length, "id")} of ${plural(lotes, "lote")} ${dryRun ? "would be sent" : "sent"} back to LoteQueue.`;
  return [
    entries.length === 0 ? "There is nothing to replay." : what,
    ...reasonLines({ failures: entries }),
    ...(left > 0 ? [`${plural(left, "other failure")} left: --all, --reason or --id would choose among them.`] : []),
    ...dlqSentences(dlq),
  ];
}

function dlqSentences(dlq: Sent["dlq"]): string[] {
  if (dlq === undefined) return [];
  if ("waiting" in dlq) return [`${plural(dlq.waiting, "message")} of the DeadLetterQueue would be moved.`];
  const { moved, notMoved, sentButNotDeleted, problem } = dlq;
  const sentences: [number, string][] = [
    [notMoved, "not moved: LoteQueue did not accept them, and they stay where they are"],
    [sentButNotDeleted, "sent but not deleted: they will be worked on twice, which is harmless"],
  ];
  return [
    `${plural(moved, "message")} moved from the DeadLetterQueue to LoteQueue.`,
    ...sentences.filter(([count]) => count > 0).map(([count, rest]) => `${plural(count, "message")} ${rest}.`),
    ...(problem === undefined ? [] : [`SQS said: ${problem}`]),
  ];
}
