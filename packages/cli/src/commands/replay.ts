import { Accountant, loadSettings, type Reason, type RunDate, replayMessages } from "@lotes/core";
import { EXIT } from "../exit-code.ts";
import { printJson, printLines } from "../output.ts";
import { type Chosen, choose } from "../replay-choice.ts";
import { dlqTroubles, isAnythingSent, replayDocument, replayLines, type Sent } from "../replay-report.ts";
import { assertFollowed, judge } from "../strict.ts";
import { openTarget, type Target } from "../target.ts";
import { today } from "../today.ts";
import { supersededTroubles } from "../uploaded-run.ts";
import { noRun } from "../user-error.ts";
import { follow, isReplayed } from "../watch.ts";
import { tellStatus } from "./status.ts";

export interface ReplayOptions {
  readonly date?: RunDate;
  readonly reason?: Reason;
  readonly id?: string;
  readonly all?: boolean;
  readonly dlq?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Of a date that never had a run only the DeadLetterQueue has something to send. */
const NOTHING: Chosen = { entries: [], notChosen: 0, troubles: [] };

/** Sends failures back to LoteQueue. The entries leave the ledger once they are recovered, and not before. */
export async function replay(options: ReplayOptions): Promise<void> {
  const { date = today(), watch = false, strict = false, json = false, dlq = false } = options;
  assertFollowed({ strict, watch });
  const budget = loadSettings(process.env).tmdb.requestsPerSecond;
  using target = await openTarget();
  const account = await new Accountant(target.store, date).take();
  if (account === undefined && !dlq) throw noRun(date, target.name);
  const sent = await send(
    target,
    date,
    account ? await choose(target.store, date, account, options) : NOTHING,
    options,
  );
  if (!json) printLines(replayLines(sent));
  if (dlqTroubles(sent).length > 0) process.exitCode = EXIT.failed;

  const follows = watch && account !== undefined;
  const waits = follows && isAnythingSent(sent);
  const after = waits ? await follow(target, date, budget, isReplayed(sent.entries)) : account;
  const superseded = supersededTroubles(account?.run.run, after);
  if (json) {
    const troubles = [...sent.troubles, ...dlqTroubles(sent), ...superseded];
    printJson(
      replayDocument(sent, { date, bucket: target.bucket, account, after: follows ? after : undefined, troubles }),
    );
  } else if (waits && after) {
    await tellStatus(target, after, { date, budget, json, troubles: superseded });
  }
  if (after) judge(after, strict);
}

async function send(
  { loteQueue, deadLetters, loteQueueUrl }: Target,
  date: RunDate,
  chosen: Chosen,
  { dlq = false, dryRun = false }: ReplayOptions,
): Promise<Sent> {
  const messages = replayMessages(chosen.entries, date);
  if (!dryRun) await loteQueue.send(messages);
  const move = async () =>
    dryRun ? { waiting: (await deadLetters.depth()).visible } : await deadLetters.moveAllTo(loteQueueUrl);
  return { ...chosen, lotes: messages.length, dryRun, dlq: dlq ? await move() : undefined };
}
