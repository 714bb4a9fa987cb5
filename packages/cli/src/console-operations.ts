import { Readable } from "node:stream";
import type { CsvDrop, Operations, ReplayRequest, Told } from "@lotes/console/operations";
import { cancelRun, type RunDate, type Settings, selectIds, UnusableCsvError } from "@lotes/core";
import { beforeCancel } from "./cancel-target.ts";
import { csvUnusable } from "./csv-file.ts";
import { uploadCsv } from "./csv-upload.ts";
import { placesDocument } from "./documents.ts";
import { accountEquation, plural } from "./output.ts";
import { planLines, planOf } from "./plan-report.ts";
import { choose } from "./replay-choice.ts";
import { replayLines } from "./replay-report.ts";
import { isAnythingSent, send } from "./replay-send.ts";
import { reuseIn } from "./reuse-report.ts";
import { troubleLines } from "./status-text.ts";
import { accountOf, accountToReplay, type Target } from "./target.ts";
import { csvRejected, noRun } from "./user-error.ts";

/** What the page may do to a stack or a stage, by what the commands do. */
export function consoleOperations(target: Target, settings: Settings): Operations {
  return {
    plan: (csv) => plan(csv, target, settings),
    ingest: (csv) => ingest(csv, target),
    planReplay: (request) => replay(request, target, true),
    replay: (request) => replay(request, target, false),
    cancel: (date) => cancel(date, target),
  };
}

async function plan({ date, name, bytes, chunks }: CsvDrop, target: Target, settings: Settings): Promise<Told> {
  const selection = await selectIds(chunks, settings.filter).catch((error) => {
    throw error instanceof UnusableCsvError ? csvUnusable(name, error.message, error) : error;
  });
  const reuse = await reuseIn(target, selection.ids, date, settings);
  const planned = planOf({ file: name, bytes, selection, reuse }, settings);
  const onlyByForce = planned.rejected !== null;
  return { lines: planLines(planned, settings), possible: true, onlyByForce };
}

async function ingest({ date, bytes, chunks, force }: CsvDrop, target: Target): Promise<Told> {
  await uploadCsv({ stream: Readable.from(chunks), bytes, force }, date, target);
  const { input } = placesDocument(target.bucket, date);
  const lines = [
    `${plural(bytes, "byte")} uploaded to ${target.name}:`,
    `  ${input}`,
    "Its run begins once the producer has read it.",
  ];
  return { lines, possible: false };
}

async function replay({ date, dlq, ...choice }: ReplayRequest, target: Target, dryRun: boolean): Promise<Told> {
  const chosen = await choose(target.store, date, await accountToReplay(target, date, dlq), choice);
  const sent = await send(target, date, chosen, { dlq, dryRun });
  const waiting = sent.dlq !== undefined && "waiting" in sent.dlq ? sent.dlq.waiting : 0;
  return { lines: replayLines(sent), possible: dryRun ? sent.entries.length + waiting > 0 : isAnythingSent(sent) };
}

async function cancel(date: RunDate, target: Target): Promise<Told> {
  const troubles = await beforeCancel(target, date);
  const run = await cancelRun(target.store, date, new Date());
  if (run === undefined) throw noRun(date, target.name, troubles);
  if (run.status === "rejected") throw csvRejected(run.error);
  const { stored, failures, cancelled } = await accountOf(target, date);
  const equation = accountEquation(run.ids, stored, failures.length, cancelled);
  return { lines: [equation, ...troubleLines(troubles)], possible: false };
}
