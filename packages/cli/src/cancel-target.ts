import { inputKey, type RunDate, readRun, type Trouble } from "@lotes/core";
import type { Target } from "./target.ts";

/**
 * What to know before the run of a date is cancelled: that a CSV was dropped since, whose run has not begun. The run that is cancelled is the one
 * before it then.
 */
export async function beforeCancel({ store }: Pick<Target, "store">, date: RunDate): Promise<Trouble[]> {
  const [run, csv] = await Promise.all([readRun(store, date), store.head(inputKey(date))]);
  if (csv === undefined || [run?.source.etag, run?.rejected?.source.etag].includes(csv.etag)) return [];
  const message =
    "the CSV of the date was dropped, and its run has not begun yet: to end that run too, cancel again once `status` tells of it";
  return [{ code: "not_in_force", message }];
}
