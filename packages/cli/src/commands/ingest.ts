import { type Account, loadSettings, type RunDate, type RunFile, readRun } from "@lotes/core";
import { COMMAND } from "../command-name.ts";
import { assertUsable, type Csv, openCsv } from "../csv-file.ts";
import { drop } from "../csv-upload.ts";
import { accountDocument, placesDocument } from "../documents.ts";
import { EXIT } from "../exit-code.ts";
import { note, plural, printJson, printLines } from "../output.ts";
import { troubleLines } from "../status-text.ts";
import { assertFollowed, judge } from "../strict.ts";
import { openTarget, type Target } from "../target.ts";
import { today } from "../today.ts";
import { UploadProgress } from "../upload-progress.ts";
import { uploadedRun, uploadTroubles } from "../uploaded-run.ts";
import { follow, isFinished } from "../watch.ts";
import { tellStatus } from "./status.ts";

export interface IngestOptions {
  readonly date?: RunDate;
  readonly force?: boolean;
  readonly watch?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Uploads a CSV to where a new one starts a run, once it is known that it can be used; with `watch`, follows the run to its end. */
export async function ingest(
  path: string,
  { date = today(), force = false, watch = false, strict = false, json = false }: IngestOptions,
): Promise<void> {
  assertFollowed({ strict, watch });
  const settings = loadSettings(process.env);
  const { tmdb } = settings;
  const csv = await openCsv(path, force);
  await assertUsable(path, settings, force);
  using target = await openTarget();
  const before = await readRun(target.store, date);
  const etag = await upload(csv, date, target);
  const places = placesDocument(target.bucket, date);
  const uploaded = [`${plural(csv.bytes ?? 0, "byte")} uploaded to ${target.name}:`, `  ${places.input}`];
  // Told at once: what comes now may take a while, and is the producer's work.
  if (json) note(uploaded.join("\n"));
  else printLines(uploaded);

  const run = await uploadedRun(target.store, date, etag, before);
  const isOver = (account: Account) => account.run.run !== run?.run || isFinished(account);
  const account = watch && run ? await follow(target, date, tmdb.requestsPerSecond, isOver) : undefined;
  const troubles = uploadTroubles(run, account, date);
  if (json) {
    const started_at = run?.started_at ?? null;
    const accounted = account ? accountDocument(account, target.bucket, date) : null;
    printJson({
      date,
      run: run?.run ?? null,
      ...places,
      bytes: csv.bytes,
      etag,
      started_at,
      account: accounted,
      troubles,
    });
  } else if (account) {
    await tellStatus(target, account, { date, budget: tmdb.requestsPerSecond, json, troubles });
  } else {
    printLines([...runLines(run, date), ...troubleLines(troubles)]);
  }
  // Whoever waits for the end of a run that does not begin has to know.
  if (watch && account === undefined) process.exitCode = EXIT.failed;
  if (account) judge(account, strict);
}

/** @returns the ETag of the object */
async function upload(csv: Csv, date: RunDate, target: Target): Promise<string> {
  const progress = new UploadProgress(csv.bytes ?? 0);
  return drop(csv, date, target, (bytes) => progress.show(bytes)).finally(() => progress.end());
}

function runLines(run: RunFile | undefined, date: RunDate): string[] {
  if (run === undefined) return [];
  return [
    `Run ${run.run} has begun: ${plural(run.ids, "id")} in ${plural(run.lotes, "lote")}`,
    `Follow it with: ${COMMAND} status --watch${date === today() ? "" : ` --date ${date}`}`,
  ];
}
