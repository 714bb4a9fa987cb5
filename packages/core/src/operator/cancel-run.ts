import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import type { RunFile } from "../files/run-file.ts";
import { cancel } from "../files/run-rules.ts";
import type { ObjectStore } from "../ports.ts";

/**
 * Ends the run in force of a date. Consumers at work learn of it within two seconds, store what they have, and ask for
 * nothing more. A later upload takes over as always.
 * @returns the run as it is by then; undefined when the date never had one
 */
export async function cancelRun(store: ObjectStore, date: RunDate, at: Date): Promise<RunFile | undefined> {
  const { run } = await new DateOutput(store, date).changeRun((current) => cancel(at, current));
  return run;
}
