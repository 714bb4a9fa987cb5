import { type Account, diagnose, inputKey, type ObjectStore, type RunDate, type Trouble } from "@lotes/core";
import { accountDocument, placesDocument, queuesDocument } from "./documents.ts";
import { printJson, printLines } from "./output.ts";
import { statusLines, troubleLines } from "./status-text.ts";
import type { Target } from "./target.ts";
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

/** Prints that a CSV was dropped whose run has yet to begin. */
export function printDropped(
  dropped: Date,
  { bucket, date, json, troubles }: StatusReport & { readonly bucket: string },
): void {
  if (json) {
    const dropped_at = dropped.toISOString();
    printJson({ date, run: null, status: "dropped", ...placesDocument(bucket, date), dropped_at, troubles });
  } else {
    const line = `The CSV of ${date} was dropped; its run begins when the producer has read it.`;
    printLines([line, ...troubleLines(troubles)]);
  }
}
