import { type Account, Accountant, diagnose, inputKey, loadSettings, type Queues, type RunDate } from "@lotes/core";
import { equation, formatNumber, note, printJson, printLines } from "../output.ts";
import { countByReason, reasonLines } from "../reasons.ts";
import { openTarget, type Target } from "../target.ts";
import { today } from "../today.ts";
import { UserError } from "../user-error.ts";
import { depths, follow, isFinished } from "../watch.ts";

export interface StatusOptions {
  readonly date?: RunDate;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Tells how far the run of a date is; with `watch`, until every id is accounted for. */
export async function status({ date = today(), watch = false, json = false }: StatusOptions): Promise<void> {
  const { tmdb } = loadSettings(process.env);
  using target = await openTarget();
  const account = watch
    ? await follow(target, date, tmdb.requestsPerSecond, isFinished)
    : await new Accountant(target.store, date).take();
  if (account === undefined) return tellNoRun(target, date, json);
  const queues = await depths(target);
  if (json) printStatus(account, queues, date);
  else tellStatus(account, queues, target, date);
  if (account.run.status === "rejected") process.exitCode = 1;
}

/** @throws {UserError} unless a CSV was dropped, whose run has yet to begin */
async function tellNoRun({ store, name }: Target, date: RunDate, json: boolean): Promise<void> {
  const key = inputKey(date);
  for await (const found of store.list(key)) {
    if (found.key !== key) continue;
    if (json) return printJson({ date, run: null, status: "dropped" });
    return printLines([`The CSV of ${date} was dropped; its run begins when the producer has read it.`]);
  }
  throw new UserError(`there is no run of ${date} on ${name}: \`lotes ingest movies.csv --date ${date}\` starts one`);
}

function printStatus(account: Account, queues: Queues, date: RunDate): void {
  const { run, stored, failures, settled, lotesDone, malformedMessages } = account;
  printJson({
    date,
    run: run.run,
    status: run.status,
    rows: run.rows,
    malformed: run.malformed.count,
    ids: run.ids,
    lotes: run.lotes,
    lotes_done: lotesDone,
    stored,
    failed: failures.length,
    reasons: countByReason(account),
    malformed_messages: malformedMessages.length,
    settled,
    queues,
    troubles: diagnose(account, queues),
  });
}

/** For people. */
export function tellStatus(account: Account, queues: Queues, target: Target, date: RunDate): void {
  const { run, stored, failures, lotesDone, malformedMessages } = account;
  const line = (name: string, value: string) => `  ${name.padEnd(8)}${value.padStart(11)}`;
  const strangers = `  Besides, ${malformedMessages.length} messages were none of the pipeline's: see \`lotes errors\``;
  printLines([
    "",
    `Run ${run.run} of ${date}, ${run.status}`,
    `on ${target.name}`,
    "",
    line("rows", formatNumber(run.rows)),
    line("lotes", `${lotesDone}/${run.lotes}`),
    line("stored", formatNumber(stored)),
    line("failed", formatNumber(failures.length)),
    ...reasonLines(account),
    "",
    `  ${equation(run.ids, stored, failures.length)}`,
    ...(malformedMessages.length > 0 ? [strangers] : []),
    "",
  ]);
  for (const trouble of diagnose(account, queues)) note(`! ${trouble}`);
}
