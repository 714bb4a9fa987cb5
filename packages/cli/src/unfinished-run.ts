import { type Accountant, idsLeft, type ObjectStore, outputPrefix, type RunDate, runKey } from "@lotes/core";
import type { LocalStack } from "@lotes/local";
import { COMMAND } from "./command-name.ts";
import { InterruptedError } from "./interruption.ts";
import type { Kept } from "./keep-files.ts";
import { formatNumber, note } from "./output.ts";
import { STOP_GRACE_MS, stoppingLine } from "./stopping.ts";

export interface UnfinishedRun {
  readonly stack: Pick<LocalStack, "drain">;
  readonly store: ObjectStore;
  readonly date: RunDate;
  readonly accountant: Pick<Accountant, "account">;
  /** Copies the run's files. */
  readonly keep: () => Promise<Kept>;
}

const HOW_TO_GO_ON = `\`${COMMAND} run\` begins anew; \`${COMMAND} local\` with \`${COMMAND} ingest\` can be stopped, and goes on from there`;

/**
 * Saves what was fetched when a run ends early, and says where it is.
 * @param error why it does not
 * @returns what to throw: of an interruption, the one line that says all
 */
export async function endedEarly(error: unknown, run: UnfinishedRun): Promise<unknown> {
  const interrupted = error instanceof InterruptedError;
  if (interrupted) note(stoppingLine("what is fetched by then is kept"));
  let what: string | undefined;
  try {
    await run.stack.drain(STOP_GRACE_MS);
    if (await hasResult(run)) what = await kept(run);
  } catch (cause) {
    what = `what was fetched could not be kept: ${(cause as Error).message}`;
  }
  if (interrupted) {
    const rest = what ?? "nothing was fetched yet, and no file was changed";
    return new InterruptedError(`${error.message}: ${rest}`, error.exitCode, { cause: error });
  }
  // If the run never began, for example because of its CSV, the error tells everything.
  if (what !== undefined) note(`! The run ends before its time: ${what}`);
  return error;
}

/** Whether there is anything beside the run's own file: records or failures. */
async function hasResult({ store, date }: UnfinishedRun): Promise<boolean> {
  for await (const { key } of store.list(outputPrefix(date))) if (key !== runKey(date)) return true;
  return false;
}

async function kept({ accountant, keep }: UnfinishedRun): Promise<string> {
  // The account may be what fails, for example because of an edited file. The files are kept even so.
  const account = await accountant.account().catch(() => undefined);
  const { directory, refused } = await keep();
  const place =
    refused === undefined ? `in ${directory}/` : `in ${directory}/, for nothing can be written to ${refused}`;
  if (account === undefined) return `what was fetched is ${place}. ${HOW_TO_GO_ON}`;
  const { run, stored, failures } = account;
  const there = `${formatNumber(stored)} stored and ${formatNumber(failures.length)} failed of ${formatNumber(run.ids)} ids`;
  return `${there} are ${place}; ${formatNumber(idsLeft(account))} are missing. ${HOW_TO_GO_ON}`;
}
