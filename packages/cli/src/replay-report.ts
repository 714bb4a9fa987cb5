import { type Account, type RunDate, replayOutcome, type Trouble } from "@lotes/core";
import { accountDocument, placesDocument } from "./documents.ts";
import { EXIT } from "./exit-code.ts";
import { plural, printLines } from "./output.ts";
import { reasonLines } from "./reasons.ts";
import type { SentReplay } from "./replay-send.ts";
import { troubleLines } from "./status-text.ts";

/** What went wrong with the DeadLetterQueue's messages. */
export function dlqTroubles({ dlq }: SentReplay): Trouble[] {
  if (!dlq || !("problem" in dlq) || dlq.problem === undefined) return [];
  return [{ code: "dlq_not_moved", message: `not every message was moved; SQS said: ${dlq.problem}` }];
}

export interface ReplayResult {
  readonly date: RunDate;
  readonly bucket: string;
  /** Before anything was sent. */
  readonly account: Account | undefined;
  /** Once every id was tried; undefined when nobody waited for that. */
  readonly after: Account | undefined;
  readonly troubles: readonly Trouble[];
}

/** For a program. */
export function replayDocument(sent: SentReplay, { date, bucket, account, after, troubles }: ReplayResult) {
  const { entries, lotes, notChosen, dryRun, dlq } = sent;
  const { run } = account?.run ?? {};
  const outcome = after && replayOutcome(entries, after);
  // The outcome of a replay is not known if its run was superseded.
  const known = outcome?.superseded === false ? outcome : undefined;
  return {
    date,
    run: run ?? null,
    ...placesDocument(bucket, date),
    ids: entries.length,
    lotes,
    sent: !dryRun,
    not_chosen: notChosen,
    dlq: dlqDocument(dlq),
    recovered: known?.recovered ?? null,
    failed_again: known?.failedAgain ?? null,
    settled: after?.settled ?? null,
    account: after ? accountDocument(after, bucket, date) : null,
    troubles,
  };
}

function dlqDocument(dlq: SentReplay["dlq"]) {
  if (dlq === undefined) return null;
  if ("waiting" in dlq) return { waiting: dlq.waiting };
  return { moved: dlq.moved, not_moved: dlq.notMoved, sent_but_not_deleted: dlq.sentButNotDeleted };
}

/** Prints what was sent. The exit code tells if something was not. */
export function tellSent(sent: SentReplay, json = false): void {
  if (!json) printLines(replayLines(sent));
  const isRefused = sent.dlq === undefined && sent.troubles.some(({ code }) => code === "run_cancelled");
  if (isRefused || dlqTroubles(sent).length > 0) process.exitCode = EXIT.failed;
}

/** For people. */
export function replayLines(sent: SentReplay): string[] {
  const { entries, lotes, notChosen, dryRun, dlq, troubles } = sent;
  const what = `${plural(entries.length, "id")} of ${plural(lotes, "lote")} ${dryRun ? "would be sent" : "sent"} back to LoteQueue.`;
  const others = `${plural(notChosen, "other failure")} not chosen: --all, --reason or --id would choose among them.`;
  return [
    entries.length === 0 ? "There is nothing to replay." : what,
    ...reasonLines({ failures: entries }),
    // If an id was named that needs no replay, the user has not asked about the others. Of a cancelled run none can be chosen.
    ...(notChosen > 0 && !troubles.some(({ code }) => code === "has_record" || code === "run_cancelled")
      ? [others]
      : []),
    ...dlqSentences(dlq),
    ...troubleLines([...troubles, ...dlqTroubles(sent)]),
  ];
}

function dlqSentences(dlq: SentReplay["dlq"]): string[] {
  if (dlq === undefined) return [];
  if ("waiting" in dlq) return [`${plural(dlq.waiting, "message")} of the DeadLetterQueue would be moved.`];
  const { moved, notMoved, sentButNotDeleted } = dlq;
  const sentences: [number, string][] = [
    [notMoved, "not moved: LoteQueue did not accept them, and they stay where they are"],
    [sentButNotDeleted, "sent but not deleted: they will be worked on twice, which is harmless"],
  ];
  return [
    `${plural(moved, "message")} moved from the DeadLetterQueue to LoteQueue.`,
    ...sentences.filter(([count]) => count > 0).map(([count, rest]) => `${plural(count, "message")} ${rest}.`),
  ];
}
