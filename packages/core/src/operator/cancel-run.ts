import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { publishLedger } from "../files/publish-ledger.ts";
import type { RunFile } from "../files/run-file.ts";
import { cancel } from "../files/run-rules.ts";
import type { ObjectStore } from "../ports.ts";

/**
 * Ends the run in force of a date. Consumers at work learn of it within two seconds, store what they have, and ask for
 * nothing more. A later upload takes over as always.
 * @returns the run as it is by then; undefined when the date never had one
 */
export async function cancelRun(store: ObjectStore, date: RunDate, at: Date): Promise<RunFile | undefined> {
  const output = new DateOutput(store, date);
  const { run } = await output.changeRun((current) => cancel(at, current));
  // What has failed so far is to be seen at once. What is reported from now on the collector adds.
  if (run?.status === "cancelled") await publishLedger(output, run);
  return run;
}
