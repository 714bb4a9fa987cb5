import type { RunDate } from "../keys.ts";
import type { ObjectStore } from "../ports.ts";
import { type RunFile, readRun } from "./run-file.ts";

/** The run in force of the date if it is the given one; undefined when a newer upload superseded it, or when it was given up. */
export async function readRunInForce(store: ObjectStore, date: RunDate, run: string): Promise<RunFile | undefined> {
  const inForce = await readRun(store, date);
  return inForce?.run === run && inForce.status !== "rejected" ? inForce : undefined;
}
