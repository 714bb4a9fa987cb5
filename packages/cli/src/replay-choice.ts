import { basename } from "node:path";
import {
  type Account,
  chooseReplay,
  explain,
  type FailedId,
  idsLeft,
  loteKey,
  type ObjectStore,
  type ReplayChoice,
  type RunDate,
  type RunFile,
  type Trouble,
} from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { formatNumber, plural } from "./output.ts";
import { UserError } from "./user-error.ts";

export interface Chosen {
  readonly entries: readonly FailedId[];
  /** Failures that were not chosen. */
  readonly notChosen: number;
  readonly troubles: readonly Trouble[];
}

/**
 * Chooses the failures of a run that are to be sent again.
 * @param account undefined when the date never had a run: of such a date only the DeadLetterQueue has something to send
 * @throws {UserError} when an id was named that can't be: it is not of this run, or failed for another reason
 */
export async function choose(
  store: ObjectStore,
  date: RunDate,
  account: Account | undefined,
  choice: ReplayChoice,
): Promise<Chosen> {
  if (account === undefined) return { entries: [], notChosen: 0, troubles: [] };
  const { run, failures } = account;
  if (run.status === "cancelled") return { entries: [], notChosen: failures.length, troubles: [notOpen(run)] };
  const entries = chooseReplay(failures, run.run, choice);
  const atWork = run.status === "rejected" || account.settled ? [] : [stillAtWork(account)];
  const chosen = new Set(entries.map(({ imdb_id }) => imdb_id));
  const others = (choice.ids ?? []).filter((id) => !chosen.has(id));
  const whyNot = await Promise.all(others.map((id) => whyNotReplayed(id, store, date, account, choice)));
  return { entries, notChosen: failures.length - entries.length, troubles: [...whyNot, ...atWork] };
}

function notOpen({ run }: RunFile): Trouble {
  const message = `run ${run} was cancelled, so nothing of it is asked for again: ingest the CSV to start anew`;
  return { code: "run_cancelled", message };
}

function stillAtWork(account: Account): Trouble {
  const left = `${formatNumber(idsLeft(account))} of ${plural(account.run.ids, "id")} are neither stored nor failed yet`;
  return {
    code: "run_at_work",
    message: `the run is still at work: ${left}; those that fail from now on are not in this replay`,
  };
}

/** Why an id that somebody named is not among the failures: it has a record. */
async function whyNotReplayed(
  id: string,
  store: ObjectStore,
  date: RunDate,
  { run, failures, settled }: Account,
  { reason }: ReplayChoice,
): Promise<Trouble> {
  const failed = failures.find((entry) => entry.imdb_id === id);
  if (failed) {
    throw new UserError(`${id} failed as ${failed.reason}, not as ${reason}: leave --reason out`, {
      code: "other_reason",
    });
  }
  const explanation = await explain(store, date, id);
  const fate = explanation?.fate;
  if (fate?.state === "failed" && explanation?.id !== id) {
    throw new UserError(`${id} is written ${explanation?.id} in the run: give it so`, { code: "not_of_this_run" });
  }
  if (fate?.state === "stored") {
    return {
      code: "has_record",
      message: `${id} did not fail: its record is in ${basename(loteKey(date, fate.lote))}`,
    };
  }
  if (settled || run.status === "rejected") {
    const message = `${id} is not of run ${run.run} of ${date}: it has neither a record nor a failure there; is it another date's?`;
    throw new UserError(message, { code: "not_of_this_run" });
  }
  const message = `${id} has neither a record nor a failure yet, and run ${run.run} is still at work: see \`${COMMAND} status --watch\` first`;
  throw new UserError(message, { code: "run_at_work" });
}
