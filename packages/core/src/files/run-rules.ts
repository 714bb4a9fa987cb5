import {
  type CancelledRun,
  isOlder,
  type QueuedRun,
  type QueuingRun,
  type Rejection,
  type RunFile,
} from "./run-file.ts";

/**
 * The rules of a date's current run. `_run.json` holds one run at a time, the current one. It is in force unless it is rejected: consumers and
 * the collector write for a run in force, and for no other. A later upload that can't be used leaves a run in force as it is, and is told
 * beside it (`rejected`). A cancelled run stays in force, since its files are the date's; but nothing is asked for any more.
 */
export type RunInForce = OpenRun | CancelledRun;
/** A run in force whose ids are asked for. */
export type OpenRun = QueuingRun | QueuedRun;

export function isInForce(current: RunFile | undefined): current is RunInForce {
  return current !== undefined && current.status !== "rejected";
}

/** Whether the ids of a run in force are asked for. */
export function isOpen(current: RunFile | undefined): current is OpenRun {
  return isInForce(current) && current.status !== "cancelled";
}

/** How many lotes share a part of the ledger; undefined where the ledger has no parts, as always when no run is in force. */
export function lotesOfPart(current: RunFile | undefined): number | undefined {
  return isInForce(current) ? current.ledger_part_lotes : undefined;
}

/** The name of the run in force; undefined when none is. */
export function nameInForce(current: RunFile | undefined): string | undefined {
  return isInForce(current) ? current.run : undefined;
}

/** Whether an upload of the date could not be used: the current run's own, or a later one. */
export function hasRejection(current: RunFile): boolean {
  return !isInForce(current) || current.rejected !== null;
}

/** Whether an upload is to be worked on, seen from the current run. */
export type Verdict = "go on" | "already queued" | "cancelled" | "outdated";

export function verdictOn(mine: RunFile, current: RunFile | undefined): Verdict {
  if (current === undefined) return "go on";
  if (current.run === mine.run) return verdictOnSame(current);
  return isOlder(mine.source, current.source) ? "outdated" : "go on";
}

function verdictOnSame({ status }: RunFile): Verdict {
  if (status === "cancelled") return "cancelled";
  return status === "queued" ? "already queued" : "go on";
}

/** That an upload after mine can't be used, which stays told whatever becomes of mine; null when there is none. */
function laterRejection(mine: RunFile, current: RunFile | undefined): Rejection | null {
  const rejected = current?.rejected ?? null;
  return rejected && isOlder(mine.source, rejected.source) ? rejected : null;
}

/** A rule's word on the current run: what is to stand in its place, if anything. */
interface Ruling {
  readonly verdict: Verdict;
  readonly next?: RunFile;
}

interface PutInForce extends Ruling {
  /** An earlier call has put it in force. */
  readonly resumed: boolean;
  /** The date never had a run. */
  readonly isFirst: boolean;
}

/** Puts my run in force, unless another call or a later upload has done more. */
export function putInForce(mine: QueuingRun, current: RunFile | undefined): PutInForce {
  const found = {
    verdict: verdictOn(mine, current),
    resumed: current?.run === mine.run,
    isFirst: current === undefined,
  };
  if (found.verdict !== "go on") return found;
  const next = { ...mine, rejected: laterRejection(mine, current) };
  // Where its entries are is decided once.
  return { ...found, next: found.resumed ? { ...next, ledger_part_lotes: current?.ledger_part_lotes } : next };
}

/** Tells of my CSV, which can't be used: beside the run in force, or in its place where there is none. */
export function reject(mine: QueuingRun, reason: string, at: Date, current: RunFile | undefined): Ruling {
  const later = laterRejection(mine, current);
  const rejected = later ?? { source: mine.source, reason, at: at.toISOString() };
  // An earlier call could use it, since its upload demanded that, and died; an upload of the same bytes that does not demand it came since.
  if (isQueuing(mine.run, current)) {
    return { verdict: "go on", next: { ...current, status: "rejected", error: reason, rejected } };
  }
  const verdict = later ? "outdated" : verdictOn(mine, current);
  if (verdict !== "go on") return { verdict };
  const next: RunFile = isInForce(current)
    ? { ...current, rejected }
    : { ...mine, status: "rejected", error: reason, rejected };
  return { verdict, next };
}

/** All lotes of a run are sent. A later upload may have taken over meanwhile, or another call for this one may have been faster. */
export function declareQueued(run: string, at: Date, current: RunFile | undefined): { readonly next?: RunFile } {
  if (!isQueuing(run, current)) return {};
  return { next: { ...current, status: "queued", queued_at: at.toISOString() } };
}

/** Ends the run in force, whatever it has come to. Cancelled once more it stays as it is. */
export function cancel(at: Date, current: RunFile | undefined): { readonly next?: RunFile; readonly run?: RunFile } {
  if (!isOpen(current)) return current === undefined ? {} : { run: current };
  const next: CancelledRun = { ...current, status: "cancelled", cancelled_at: at.toISOString() };
  return { next, run: next };
}

const REPLACED = "the CSV was replaced before all of its lotes were queued; drop it again";

/**
 * The CSV is not there any more. If an earlier call had put its run in force and died, nobody can send the rest of its lotes. So the run is
 * rejected, unless the later upload takes over.
 */
export function giveUp(run: string, current: RunFile | undefined): { readonly next?: RunFile } {
  return isQueuing(run, current) ? { next: { ...current, status: "rejected", error: REPLACED } } : {};
}

function isQueuing(run: string, current: RunFile | undefined): current is QueuingRun {
  return current?.run === run && current.status === "queuing";
}
