import { Accountant, type LedgerEntry, type Reason, type RunDate } from "@lotes/core";
import { accountDocument, ledgerUri } from "../documents.ts";
import { plural, printJson, printLines } from "../output.ts";
import { reasonLines } from "../reasons.ts";
import { tableLines } from "../table.ts";
import { openTarget } from "../target.ts";
import { today } from "../today.ts";
import { noRun } from "../user-error.ts";

export interface ErrorsOptions {
  readonly date?: RunDate;
  readonly reason?: Reason;
  readonly json?: boolean;
}

/** Lists what has no record, and why. */
export async function errors({ date = today(), reason, json = false }: ErrorsOptions): Promise<void> {
  using target = await openTarget();
  const account = await new Accountant(target.store, date).take();
  if (account === undefined) throw noRun(date, target.name);
  const all = [...account.failures, ...account.malformedMessages];
  const entries = all.filter((entry) => reason === undefined || entry.reason === reason);
  if (json) {
    const { bucket } = target;
    return printJson({ ...accountDocument(account, bucket, date), ledger: ledgerUri(bucket, date), entries });
  }
  if (entries.length === 0) return printLines([`No id failed on ${date}${reason ? ` as ${reason}` : ""}.`]);
  printLines([
    "",
    `${plural(entries.length, "failure")} of ${plural(account.run.ids, "id")} on ${date}`,
    "",
    ...reasonLines({ failures: entries }),
    "",
    ...table(entries),
    "",
  ]);
}

function table(entries: readonly LedgerEntry[]): string[] {
  const header = ["lote", "id", "reason", "status", "tries", "message"];
  const rows = entries.map(({ lote, imdb_id, reason, status, attempts, message }) => [
    String(lote ?? "-"),
    imdb_id ?? "-",
    reason,
    String(status ?? "-"),
    String(attempts),
    message.replaceAll(/\s+/g, " "),
  ]);
  // What is not read on a terminal is searched, and must be whole.
  return tableLines([header, ...rows], process.stdout.columns);
}
