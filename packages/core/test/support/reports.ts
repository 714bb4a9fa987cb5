import { Ledger } from "../../src/files/ledger.ts";
import type { FailureReport, ForeignReport, LedgerEntry, Report } from "../../src/files/ledger-entry.ts";
import { stored } from "./memory-store.ts";

/** A failure that can be retried, of lote 1 of the run in force, unless told otherwise. */
export function report(changes: Partial<FailureReport> = {}): FailureReport {
  return {
    id: "tt0111161",
    reason: "server_error",
    status: 503,
    message: "Service Unavailable",
    lote: 1,
    run: "run-1",
    attempts: 1,
    failedAt: at(0),
    ...changes,
  };
}

/** What is recorded of a message that is none. */
export function malformedReport(body: string, failedAt = at(0)): ForeignReport {
  return { id: null, lote: null, message: body, failedAt };
}

/** An instant, in seconds after a fixed one. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2026, 10, 23, 12, 0, seconds));
}

export function ledgerOf(...reports: readonly Report[]): Ledger {
  const ledger = new Ledger();
  for (const each of reports) ledger.enter(each);
  return ledger;
}

/** The entries that are read back from the file. */
export function readBack(ledger: Ledger): LedgerEntry[] {
  return Ledger.parse(stored(ledger.toObject("run-1"))).entries();
}
