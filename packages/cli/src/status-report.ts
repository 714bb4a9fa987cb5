import { type Account, diagnose, inputKey, type ObjectStore, type RunDate, type Trouble } from "@lotes/core";
import { accountDocument, placesDocument, queuesDocument } from "./documents.ts";
import { formatInstant, printJson, printLines } from "./output.ts";
import { statusLines, troubleLines } from "./status-text.ts";
import type { Target } from "./target.ts";
import { LATEST_BEGIN_SECONDS } from "./uploaded-run.ts";
import { queueDepths } from "./watch.ts";

export interface StatusReport {
  readonly date: RunDate;
  readonly json?: boolean | undefined;
  /** Troubles besides those of the run itself. */
  readonly troubles: readonly Trouble[];
}

/**
 * Prints how far a run is, and what is in its way.
 * @param report with the budget, in requests per second
 */
export async function printStatus(
  target: Target,
  account: Account,
  { date, budget, json, troubles: others }: StatusReport & { readonly budget: number },
): Promise<void> {
  const queues = await queueDepths(target);
  const now = new Date();
  const troubles = [...diagnose(account, queues, now), ...others];
  if (json) {
    printJson({ ...accountDocument(account, target.bucket, date), queues: queuesDocument(queues), troubles });
  } else {
    printLines(statusLines({ account, date, place: target.name, troubles, budget, now }));
  }
}

/** @returns when the CSV of a date was dropped; undefined if it was not */
export async function droppedAt(store: Pick<ObjectStore, "list">, date: RunDate): Promise<Date | undefined> {
  const csv = inputKey(date);
  for await (const { key, modifiedAt } of store.list(csv)) if (key === csv) return modifiedAt;
  return undefined;
}

/** Why the run of a CSV has not begun, if it should have by now: the producer may not be told of new files, or may have failed. */
export function lateTroubles(dropped: Date, now = new Date()): Trouble[] {
  if (now.getTime() - dropped.getTime() < LATEST_BEGIN_SECONDS * 1000) return [];
  const when = formatInstant(dropped, now);
  const message = `its run has not begun since ${when}: unless the CSV has gigabytes, see the producer's log, and whether the bucket tells the producer of new files`;
  return [{ code: "not_in_force", message }];
}

/** Prints that a CSV was dropped whose run has yet to begin. */
export function printDropped(
  dropped: Date,
  { bucket, date, json, troubles: others }: StatusReport & { readonly bucket: string },
): void {
  const troubles = [...lateTroubles(dropped), ...others];
  if (json) {
    const dropped_at = dropped.toISOString();
    printJson({ date, run: null, status: "dropped", ...placesDocument(bucket, date), dropped_at, troubles });
  } else {
    const line = `The CSV of ${date} was dropped; its run begins when the producer has read it.`;
    printLines([line, ...troubleLines(troubles)]);
  }
}
