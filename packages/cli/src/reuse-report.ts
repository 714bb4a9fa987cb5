import { existsSync } from "node:fs";
import { earlierRecords, type FolderStore, originOf, type RunDate, type Settings } from "@lotes/core";
import { LOCAL_STATE_FILE } from "./local-state.ts";
import { formatNumber, note, plural } from "./output.ts";
import { UserError } from "./user-error.ts";

/** What is asked about where REUSE_HOURS is 0: a day, as between one CSV and the next. */
const USUAL_HOURS = 24;

/** How many ids need not be asked for. */
export interface Reuse {
  /** REUSE_HOURS. */
  readonly hours: number;
  readonly ids: number;
  /** How many ids 24 hours would save where the setting is 0. */
  readonly saved_by_24_hours: number;
}

/** Looks for the records of earlier runs, as the producer will. */
export async function reuseIn(
  { store, isLocal }: { readonly store: FolderStore; readonly isLocal: boolean },
  ids: readonly string[],
  date: RunDate,
  { reuseHours, tmdb }: Pick<Settings, "reuseHours" | "tmdb">,
): Promise<Reuse> {
  // The local stack may have been started with another server's URL than this command would use.
  const rule = { hours: reuseHours || USUAL_HOURS, origin: isLocal ? undefined : originOf(tmdb) };
  const warn = (message: string, { manifest, files, problem }: Record<string, unknown> = {}) =>
    note(
      `! ${manifest}: ${typeof files === "number" ? `${formatNumber(files)} ` : ""}${message}${problem ? ` (${problem})` : ""}`,
    );
  const { size } = await earlierRecords(ids, date, rule, { store, log: { warn }, now: new Date() });
  return {
    hours: reuseHours,
    ids: reuseHours === 0 ? 0 : size,
    saved_by_24_hours: reuseHours === 0 ? size : 0,
  };
}

/**
 * The same for a command that needs no stack.
 * @returns undefined where there is none to look into
 */
export async function reuseIfKnown(
  ids: readonly string[],
  date: RunDate,
  settings: Settings,
): Promise<Reuse | undefined> {
  // The clients for AWS take a while to load.
  if (process.env.SST_RESOURCE_App === undefined && !existsSync(LOCAL_STATE_FILE)) return undefined;
  const { openTarget } = await import("./target.ts");
  try {
    using target = await openTarget();
    return await reuseIn(target, ids, date, settings);
  } catch (error) {
    if (error instanceof UserError && error.code === "no_target") return undefined;
    throw error;
  }
}

/** In words; nothing where there is nothing to reuse. */
export function reuseLine({ hours, ids, saved_by_24_hours }: Reuse): string | undefined {
  if (hours > 0) return `${plural(ids, "id")} reused: younger than the ${formatNumber(hours)} hours of REUSE_HOURS`;
  if (saved_by_24_hours === 0) return undefined;
  return `REUSE_HOURS=${USUAL_HOURS} would save the requests for ${plural(saved_by_24_hours, "id")}`;
}
