import { cancelledInWords, type LedgerEntry, type RunDate, type RunFile } from "@lotes/core";
import { plural } from "./output.ts";
import { reasonLines } from "./reasons.ts";
import { tableLines } from "./table.ts";

/** What has no record and why, for people. */
export function failureLines(entries: readonly LedgerEntry[], run: RunFile, date: RunDate): string[] {
  return [
    "",
    `${plural(entries.length, "failure")} of ${plural(run.ids, "id")} on ${date}`,
    "",
    ...reasonLines({ failures: entries }),
    "",
    ...table(entries),
    "",
    // The advice above is about runs whose ids are still asked for.
    ...(run.status === "cancelled" ? [`! ${cancelledInWords(run)}`, ""] : []),
  ];
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
  // Output that does not go to a terminal may be searched by a program. So it is not shortened.
  return tableLines([header, ...rows], process.stdout.columns);
}
