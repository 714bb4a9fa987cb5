import type { Reason } from "../reasons.ts";
import type { DateOutput } from "./date-output.ts";
import { Ledger } from "./ledger.ts";
import type { FailureReport, ForeignReport } from "./ledger-entry.ts";
import { parseLoteFile, runOf } from "./lote-file.ts";
import { nameInForce } from "./run-rules.ts";
import { withdrawLote } from "./store-lote.ts";

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
  /** The run in force; undefined when none is. */
  readonly run: string | undefined;
  /** Reports of other runs, which were dropped; what those runs had stored of the lotes is gone. */
  readonly superseded: number;
  /** Entries of the ledger. */
  readonly entries: number;
  /** How many ids failed since the ledger was read. */
  readonly failed: ReadonlyMap<Reason, number>;
}

/** A lote whose report was entered, with those of its ids that stand in the ledger by it. */
interface EnteredLote {
  readonly report: LoteReport;
  readonly failed: ReadonlySet<string>;
}

/** Enters reports into a date's ledger, in their order. Those of a run that is not in force are dropped. */
export async function enterReports(
  reports: readonly (LoteReport | ForeignReport)[],
  output: DateOutput,
): Promise<EnteredReports> {
  for (;;) {
    const {
      entered: { lotes, superseded, ...entered },
    } = await output.changeLedger(async (object) => {
      const ledger = Ledger.parse(object);
      const current = await output.currentRun();
      const run = nameInForce(current);
      // Without a run file nothing tells which entries are stale: all of them stay.
      if (current !== undefined) ledger.removeOtherRuns(run);
      const entered = await enterAll(reports, ledger, run, output);
      const next = ledger.isEmpty ? "remove" : ledger.toObject(run);
      const isSame = next !== "remove" && next.body === object?.body;
      return { next: isSame ? undefined : next, entered };
    });
    // The second look: a superseded run must not leave its entries behind, and an id that has got its record must not stay.
    const isSameRun = nameInForce(await output.currentRun()) === entered.run;
    if (!isSameRun || (await haveGotRecords(lotes, output))) continue;
    // Whoever had written such a lote may never have come to take it back.
    for (const { lote, run } of superseded) await withdrawLote(output, lote, run);
    return { ...entered, superseded: superseded.length };
  }
}

async function enterAll(
  reports: readonly (LoteReport | ForeignReport)[],
  ledger: Ledger,
  run: string | undefined,
  output: DateOutput,
) {
  const lotes: EnteredLote[] = [];
  const superseded: LoteReport[] = [];
  for (const report of reports) {
    if ("id" in report) ledger.enter(report);
    else if (report.run === run) lotes.push(await enterLote(report, ledger, output));
    else superseded.push(report);
  }
  return { run, superseded, lotes, entries: ledger.entries().length, failed: ledger.newFailures() };
}

/** Enters a lote's failures, and takes out its recoveries. */
async function enterLote(report: LoteReport, ledger: Ledger, output: DateOutput): Promise<EnteredLote> {
  const { lote, ids, failures, recovered } = report;
  // An id may have failed in one delivery of its lote and succeeded in another, and the reports come in any order: the file tells.
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
  const file = await output.lote(lote);
  return file && runOf(file) === run ? parseLoteFile(file, ids).records.keys() : [];
}
