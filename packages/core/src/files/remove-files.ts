import pMap from "p-map";
import { ledgerKey } from "../dataset/keys.ts";
import type { ObjectHead } from "../ports.ts";
import type { DateOutput } from "./date-output.ts";
import { runOf } from "./lote-file.ts";
import { nameInForce } from "./run-rules.ts";

// Round trips of some 20 ms each: this many at once clear the 20 files of a usual run in a blink.
const REMOVALS_AT_ONCE = 10;

/** From a look at a file to its removal it is two calls to S3, each of some 50 ms, and a second on a bad day. */
export const LONGEST_REMOVAL_MS = 2_000;

/** Removes the lotes and the ledger of earlier runs. Those of this run stay: consumers may be at work since before a resumption. */
export function removeEarlierFiles(output: DateOutput, run: string): Promise<void> {
  return removeFiles(
    output,
    (file) => runOf(file) === run,
    async () => (await output.runInForce(run)) !== undefined,
  );
}

/** Where a rejected run stands in the place of one in force, nothing may be left of what was begun before it. */
export async function removeFilesIfRejected(output: DateOutput): Promise<void> {
  const isRejected = async () => (await output.currentRun())?.status === "rejected";
  if (await isRejected()) await removeFiles(output, () => false, isRejected);
}

/**
 * Removes the ledgers of other runs, and their parts. A collector that was killed may have had one on its way to S3 when a later run's producer removed all,
 * and its message may have come to whoever drops it.
 * @param isKept what stays all the same
 */
export async function removeStrayLedgers(
  output: DateOutput,
  isKept: (ledger: Pick<ObjectHead, "metadata">) => boolean = () => false,
): Promise<void> {
  const current = await output.currentRun();
  // Without a run file nothing tells which of them are stale.
  if (current === undefined) return;
  const run = nameInForce(current);
  const isAsBefore = async () => {
    const now = await output.currentRun();
    return now !== undefined && nameInForce(now) === run;
  };
  const parts = (await output.ledgerParts()).map(({ key }) => key);
  const isMine = (ledger: ObjectHead) => [undefined, run].includes(runOf(ledger)) || isKept(ledger);
  await removeFiles(output, isMine, isAsBefore, [ledgerKey(output.date), ...parts]);
}

/**
 * Removes files by their metadata, which tell their run.
 * @param shouldStillRemove asked after a file was looked at, and before it is removed
 * @param keys all by default
 */
async function removeFiles(
  output: DateOutput,
  isKept: (file: ObjectHead) => boolean,
  shouldStillRemove: () => Promise<boolean>,
  keys?: readonly string[],
): Promise<void> {
  const remove = (key: string) =>
    output.changeUnread(key, async (current) => {
      const isToGo = current !== undefined && !isKept(current);
      return { next: isToGo && (await shouldStillRemove()) ? "remove" : undefined };
    });
  await pMap(keys ?? (await Array.fromAsync(output.keys())), remove, { concurrency: REMOVALS_AT_ONCE });
}
