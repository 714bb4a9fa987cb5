import pMap from "p-map";
import type { DateOutput } from "./date-output.ts";
import { runOf } from "./lote-file.ts";

// Round trips of some 20 ms each: this many at once clear the 20 files of a usual run in a blink.
const REMOVALS_AT_ONCE = 10;

/** From a look at a file to its removal it is two calls to S3, each of some 50 ms, and a second on a bad day. */
export const LONGEST_REMOVAL_MS = 2_000;

/** Removes the lotes and the ledger of earlier runs. Those of this run stay: consumers may be at work since before a resumption. */
export function removeEarlierFiles(output: DateOutput, run: string): Promise<void> {
  return removeFiles(output, run, async () => (await output.runInForce(run)) !== undefined);
}

/** Where a rejected run stands in the place of one in force, nothing may be left of what was begun before it. */
export async function removeFilesIfRejected(output: DateOutput): Promise<void> {
  const isRejected = async () => (await output.currentRun())?.status === "rejected";
  if (await isRejected()) await removeFiles(output, undefined, isRejected);
}

/** Removes the parts of other runs' ledgers. A collector that was killed may have had one on its way to S3 when the run's producer removed all. */
export async function removeStrayParts(output: DateOutput, run: string): Promise<void> {
  const parts = (await output.ledgerParts()).map(({ key }) => key);
  await removeFiles(output, run, async () => (await output.runInForce(run)) !== undefined, parts);
}

/**
 * Removes files by their metadata, which tell their run.
 * @param shouldStillRemove asked after a file was looked at, and before it is removed
 * @param keys all by default
 */
async function removeFiles(
  output: DateOutput,
  keptRun: string | undefined,
  shouldStillRemove: () => Promise<boolean>,
  keys?: readonly string[],
): Promise<void> {
  const remove = (key: string) =>
    output.changeUnread(key, async (current) => {
      const isKept = current === undefined || (keptRun !== undefined && runOf(current) === keptRun);
      return { next: !isKept && (await shouldStillRemove()) ? "remove" : undefined };
    });
  await pMap(keys ?? (await Array.fromAsync(output.keys())), remove, { concurrency: REMOVALS_AT_ONCE });
}
