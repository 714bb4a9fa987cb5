import { type Account, Accountant, diagnose, inputKey, loadSettings, type RunDate, type Trouble } from "@lotes/core";
import { accountDocument, placesDocument, queuesDocument } from "../documents.ts";
import { EXIT } from "../exit-code.ts";
import { misplacedTroubles } from "../misplaced.ts";
import { printJson, printLines } from "../output.ts";
import { statusLines, troubleLines } from "../status-text.ts";
import { judge } from "../strict.ts";
import { openTarget, type Target } from "../target.ts";
import { today } from "../today.ts";
import { noRun } from "../user-error.ts";
import { depths, follow, isFinished } from "../watch.ts";

export interface StatusOptions {
  readonly date?: RunDate;
  readonly watch?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Tells how far the run of a date is; with `watch`, until every id is accounted for. */
export async function status({
  date = today(),
  watch = false,
  strict = false,
  json = false,
}: StatusOptions): Promise<void> {
  const { tmdb } = loadSettings(process.env);
  using target = await openTarget();
  const [account, misplaced] = watch
    ? [await follow(target, date, tmdb.requestsPerSecond, isFinished), await misplacedTroubles(target, date)]
    : await Promise.all([new Accountant(target.store, date).take(), misplacedTroubles(target, date)]);
  if (account === undefined) return tellNoRun(target, date, misplaced, json);
  if (account.run.status === "rejected") process.exitCode = EXIT.failed;
  await tellStatus(target, account, { date, budget: tmdb.requestsPerSecond, json, troubles: misplaced });
  judge(account, strict);
}

/** @throws {UserError} unless a CSV was dropped, whose run has yet to begin */
async function tellNoRun(
  { store, bucket, name }: Target,
  date: RunDate,
  troubles: readonly Trouble[],
  json: boolean,
): Promise<void> {
  const key = inputKey(date);
  for await (const found of store.list(key)) {
    if (found.key !== key) continue;
    if (json) {
      const dropped_at = found.modifiedAt.toISOString();
      return printJson({ date, run: null, status: "dropped", ...placesDocument(bucket, date), dropped_at, troubles });
    }
    const line = `The CSV of ${date} was dropped; its run begins when the producer has read it.`;
    return printLines([line, ...troubleLines(troubles)]);
  }
  throw noRun(date, name, troubles);
}

export interface StatusToTell {
  readonly date: RunDate;
  /** Requests per second. */
  readonly budget: number;
  readonly json: boolean;
  /** Besides those of the run itself. */
  readonly troubles: readonly Trouble[];
}

/** Prints how far a run is, and what is in its way. */
export async function tellStatus(
  target: Target,
  account: Account,
  { date, budget, json, troubles: others }: StatusToTell,
): Promise<void> {
  const queues = await depths(target);
  const now = new Date();
  const troubles = [...diagnose(account, queues, now), ...others];
  if (json) {
    return printJson({
      ...accountDocument(account, target.bucket, date),
      queues: queuesDocument(queues),
      troubles,
    });
  }
  printLines(statusLines({ account, date, place: target.name, troubles, budget, now }));
}
