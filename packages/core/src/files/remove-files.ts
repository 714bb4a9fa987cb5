import pMap from "p-map";
import { ledgerKey } from "../dataset/keys.ts";
import type { ObjectHead } from "../ports.ts";
import type { DateOutput } from "./date-output.ts";
import { tellsOfFailures } from "./ledger.ts";
import type { RunFile } from "./run-file.ts";
import { isOfAnotherRun, runOf } from "./run-of.ts";
import { lotesOfPart, nameInForce } from "./run-rules.ts";

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

/**
 * Where a rejected run stands in the place of one in force, nothing may be left of what was begun before it. What names no run was not: other programs'
 * messages.
 */
export async function removeFilesIfRejected(output: DateOutput): Promise<void> {
  const isRejected = async () => (await output.currentRun())?.status === "rejected";
  if (await isRejected()) await removeFiles(output, (file) => !isOfAnotherRun(file, undefined), isRejected);
}

/** Removes the parts of other runs' ledgers. A collector that was killed may have had one on its way to S3 when a later run's producer removed all. */
export function removeStrayParts(output: DateOutput): Promise<void> {
  return removeOfOtherRuns(output, () => partKeys(output));
}

/**
 * The same, and with the ledger, by whoever drops a lote: an operator may have moved it to LoteQueue before SQS brought it back to the collector. Nothing
 * is removed that may hold other programs' messages only. Those have the same bytes in each run's ledger, and the collector may be entering one.
 */
export function removeStrayEntries(output: DateOutput, lote: number): Promise<void> {
  const keysIn = async (current: RunFile) => [
    ledgerKey(output.date),
    // There is none of such a run itself, and a thousand of a large one.
    ...(lotesOfPart(current) === undefined ? await partKeys(output) : [output.pieceKey(current, lote)]),
  ];
  return removeOfOtherRuns(output, keysIn, (piece) => !tellsOfFailures(piece));
}

async function partKeys(output: DateOutput): Promise<string[]> {
  return (await output.ledgerParts()).map(({ key }) => key);
}

async function removeOfOtherRuns(
  output: DateOutput,
  keysIn: (current: RunFile) => Promise<string[]>,
  isKept: (file: ObjectHead) => boolean = () => false,
): Promise<void> {
  const current = await output.currentRun();
  // Without a run file nothing tells which of them are stale.
  if (current === undefined) return;
  const run = nameInForce(current);
  const isAsBefore = async () => {
    const now = await output.currentRun();
    return now !== undefined && nameInForce(now) === run;
  };
  const stays = (file: ObjectHead) => !isOfAnotherRun(file, run) || isKept(file);
  await removeFiles(output, stays, isAsBefore, await keysIn(current));
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
