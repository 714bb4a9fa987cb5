import { setTimeout as delay } from "node:timers/promises";
import {
  type Account,
  type ObjectStore,
  type RunDate,
  type RunFile,
  readRun,
  type Trouble,
  uploadIn,
} from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { csvRejected } from "./user-error.ts";

const POLL_INTERVAL_MS = 200;
// A cold start, and the reading of a CSV six times the size of the true one. What takes longer is told by `lotes status`.
export const LATEST_BEGIN_SECONDS = 30;

/**
 * Waits until the run of an upload is in force, for half a minute at most.
 * @param etag of the uploaded object
 * @param before the run that was in force before the upload
 * @param wait lets so many milliseconds pass
 * @returns undefined when it isn't by then
 * @throws {UserError} when the producer can't use the CSV
 */
export async function uploadedRun(
  store: ObjectStore,
  date: RunDate,
  etag: string,
  before: RunFile | undefined,
  wait: (ms: number) => Promise<unknown> = delay,
): Promise<RunFile | undefined> {
  for (let looks = 0; looks < (LATEST_BEGIN_SECONDS * 1000) / POLL_INTERVAL_MS; looks++) {
    const upload = uploadIn(etag, before, await readRun(store, date));
    if (upload && "rejected" in upload) throw csvRejected(upload.rejected);
    if (upload) return upload.run;
    await wait(POLL_INTERVAL_MS);
  }
  return undefined;
}

/** What there is to say of an upload besides its run. */
export function uploadTroubles(run: RunFile | undefined, account: Account | undefined, date: RunDate): Trouble[] {
  if (run === undefined) {
    const message = `the producer has not begun its run within ${LATEST_BEGIN_SECONDS} s: see \`${COMMAND} status --date ${date}\``;
    return [{ code: "not_in_force", message }];
  }
  if (account?.run.source.etag !== run.source.etag) return supersededTroubles(run.run, account);
  if (account.run.run === run.run) return [];
  const message = `the same CSV was dropped once more meanwhile: what is told here is its latest run, ${account.run.run}`;
  return [{ code: "superseded", message }];
}

/** A trouble if another run than the one that was followed is in force by now. */
export function supersededTroubles(followed: string | undefined, account: Account | undefined): Trouble[] {
  const { run } = account?.run ?? {};
  if (run === undefined || run === followed) return [];
  const message = `a later upload has taken the place of run ${followed}: what is told here is run ${run}`;
  return [{ code: "superseded", message }];
}
