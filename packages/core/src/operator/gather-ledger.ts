import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { publishLedger } from "../files/publish-ledger.ts";
import { isInForce } from "../files/run-rules.ts";
import type { ObjectStore } from "../ports.ts";

/** Puts the ledger of a date together, for those who can't wait until the run has settled: until then a large run has its ledger in parts. */
export async function gatherLedger(store: ObjectStore, date: RunDate): Promise<void> {
  const output = new DateOutput(store, date);
  const run = await output.currentRun();
  if (isInForce(run)) await publishLedger(output, run);
}
