import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import type { ObjectStore } from "../ports.ts";
import { writeManifest } from "../stages/finish.ts";

/** Writes the manifest of a date whose run has settled, for those who can't wait until the collector does. Otherwise it does nothing. */
export async function declareFinished(store: ObjectStore, date: RunDate): Promise<void> {
  await writeManifest(new DateOutput(store, date));
}
