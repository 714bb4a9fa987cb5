import { nameOf } from "../dataset/keys.ts";
import type { StoredObject } from "../ports.ts";
import type { Reason } from "../reasons.ts";
import type { DateOutput } from "./date-output.ts";
import { Ledger } from "./ledger.ts";
import type { FailureReport, ForeignReport } from "./ledger-entry.ts";
import { storedIdsIn, storedIdsOf } from "./lote-file.ts";
import { removeStrayParts } from "./remove-files.ts";
import type { RunFile } from "./run-file.ts";
import { runOf } from "./run-of.ts";
import { nameInForce } from "./run-rules.ts";
import { withdrawLote } from "./store-lote.ts";
import type { Change } from "./update-object.ts";

/** What a consumer, or SQS in its place, tells of the ids of a lote. */
export interface LoteReport {
  readonly run: string;
  readonly lote: number;
  readonly ids: readonly string[];
  readonly failures: readonly FailureReport[];
  /** Ids that have a record now. */
  readonly recovered: readonly string[];
}

/** What became of reports. */
export interface EnteredReports {
  /** What `_run.json` held once they were entered. */
  readonly current: RunFile | undefined;
  /** Reports of other runs, which were dropped; what those runs had stored of the lotes is gone. */
  readonly superseded: number;
  /** Entries that stand where something was entered: in the ledger, or in the parts that were changed. */
  readonly entries: number;
  /** How many ids failed since the ledger was read. */
  readonly failed: ReadonlyMap<Reason, number>;
}

type Report = LoteReport | ForeignReport;

/** A lote whose report was entered, with those of its ids that stand in the ledger by it. */
interface EnteredLote {
  readonly report: LoteReport;
  readonly failed: ReadonlySet<string>;
}

/** What became of one object that holds entries. */
interface EnteredPiece {
  readonly lotes: readonly EnteredLote[];
  readonly entries: number;
  readonly failed: ReadonlyMap<Reason, number>;
}

interface PieceChange extends Change {
  readonly piece: EnteredPiece;
}

/** Enters reports into a date's ledger, in their order. Those of a run that is not in force are dropped. */
export async function enterReports(reports: readonly Report[], output: DateOutput): Promise<EnteredReports> {
  const changed = new Set<string>();
  for (let current = await output.currentRun(); ; ) {
    const entered = await enterInto(reports, current, changed, output);
    const before = nameInForce(current);
    // The second look: a superseded run must not leave its entries behind, and an id that has got its record must not stay.
    current = await output.currentRun();
    if (entered === "another run" || nameInForce(current) !== before) continue;
    const lotes = entered.flatMap((piece) => piece.lotes);
    if (await haveGotRecords(lotes, output)) continue;
    const superseded = reports.filter((report): report is LoteReport => "run" in report && report.run !== before);
    // Whoever had written such a lote may never have come to take it back.
    for (const { lote, run } of superseded) await withdrawLote(output, lote, run);
    // What is of no run does not tell whether it was to be entered for an earlier run before.
    const areOfTheRun = reports.every((report) => "run" in report && report.run === before);
    if (!areOfTheRun) await removeStrayParts(output);
    return {
      current,
      superseded: superseded.length,
      entries: entered.reduce((sum, { entries }) => sum + entries, 0),
      failed: sumOf(entered.map(({ failed }) => failed)),
    };
  }
}

/**
 * Enters reports where a run has its entries.
 * @param changed gets the keys of what may have been changed; what was changed before is pruned of other runs' entries
 */
async function enterInto(
  reports: readonly Report[],
  current: RunFile | undefined,
  changed: Set<string>,
  output: DateOutput,
): Promise<EnteredPiece[] | "another run"> {
  const groups = Map.groupBy(reports, ({ lote }) => output.pieceKey(current, lote));
  const entered: EnteredPiece[] = [];
  for (const key of changed.union(new Set(groups.keys()))) {
    changed.add(key);
    const { piece } = await output.change(key, async (object) => {
      const now = await output.currentRun();
      if (nameInForce(now) !== nameInForce(current)) return { next: undefined, piece: undefined };
      const group = groups.get(key);
      if (group === undefined && !output.isPieceOf(now, key)) return withdrawn(object, now);
      return await enterPiece(group ?? [], { object, key, now }, output);
    });
    if (piece === undefined) return "another run";
    entered.push(piece);
  }
  return entered;
}

/** What was written for an earlier run, which kept its entries elsewhere. */
function withdrawn(object: StoredObject | undefined, now: RunFile | undefined): PieceChange {
  const isMine = object === undefined || runOf(object) === nameInForce(now);
  return { next: isMine ? undefined : "remove", piece: { lotes: [], entries: 0, failed: new Map() } };
}

async function enterPiece(
  reports: readonly Report[],
  { object, key, now }: { object: StoredObject | undefined; key: string; now: RunFile | undefined },
  output: DateOutput,
): Promise<PieceChange> {
  const ledger = Ledger.parse(object, nameOf(key));
  const run = nameInForce(now);
  // Without a run file nothing tells which entries are stale: all of them stay.
  if (now !== undefined) ledger.removeOtherRuns(run);
  const lotes = await enterAll(reports, ledger, run, output);
  const next = ledger.isEmpty ? "remove" : ledger.toObject(run);
  // Entries that are of no run may have been written for the run before, and would be removed with its files.
  const isSame = next !== "remove" && next.body === object?.body && next.metadata.run === object.metadata.run;
  const piece = { lotes, entries: ledger.entries().length, failed: ledger.newFailures() };
  return { next: isSame ? undefined : next, piece };
}

async function enterAll(
  reports: readonly Report[],
  ledger: Ledger,
  run: string | undefined,
  output: DateOutput,
): Promise<EnteredLote[]> {
  const lotes: EnteredLote[] = [];
  for (const report of reports) {
    if ("id" in report) ledger.enter(report);
    else if (report.run === run) lotes.push(await enterLote(report, ledger, output));
  }
  return lotes;
}

function sumOf(counts: readonly ReadonlyMap<Reason, number>[]): ReadonlyMap<Reason, number> {
  const sum = new Map<Reason, number>();
  for (const [reason, count] of counts.flatMap((each) => [...each])) sum.set(reason, (sum.get(reason) ?? 0) + count);
  return sum;
}

/** Enters a lote's failures, and takes out its recoveries. */
async function enterLote(report: LoteReport, ledger: Ledger, output: DateOutput): Promise<EnteredLote> {
  const { lote, ids, failures, recovered } = report;
  // An id may have failed in one delivery of its lote and succeeded in another, and the reports come in any order: the file tells. The look after the
  // write would find that too, but the collector may die between the two.
  const stored = failures.length > 0 ? [...(await storedIds(report, output))] : [];
  for (const failure of failures) ledger.enter(failure);
  ledger.recover(lote, [...stored, ...recovered]);
  return { report, failed: new Set(ids).difference(new Set(stored)) };
}

/** Whether any of the ids that were entered has a record by now. */
async function haveGotRecords(lotes: readonly EnteredLote[], output: DateOutput): Promise<boolean> {
  for (const { report, failed } of lotes) {
    if (failed.size === 0) continue;
    // Asked as before the write, so that the answer is another one only if the file is another one.
    for (const id of await storedIds(report, output)) if (failed.has(id)) return true;
  }
  return false;
}

async function storedIds({ run, lote, ids }: LoteReport, output: DateOutput): Promise<Iterable<string>> {
  const head = await output.loteHead(lote);
  if (head?.metadata.run !== run) return [];
  const listed = storedIdsIn(head.metadata);
  if (listed !== undefined) return listed;
  return storedIdsOf(run, await output.lote(lote), ids);
}
