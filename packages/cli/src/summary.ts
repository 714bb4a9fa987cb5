import type { Account, RunDate } from "@lotes/core";
import { equation, formatNumber, malformedText, printJson, printLines } from "./output.ts";
import { countByReason, reasonLines } from "./reasons.ts";

export interface RunResult {
  readonly date: RunDate;
  readonly account: Account;
  readonly requests: number;
  /** From the drop to the last id. */
  readonly seconds: number;
  readonly out: string;
  /** The names of the files in `out`. */
  readonly files: readonly string[];
  readonly logFile: string;
}

export function printResult({ date, account, requests, seconds, out, files }: RunResult): void {
  const { run, stored, failures } = account;
  printJson({
    date,
    run: run.run,
    rows: run.rows,
    malformed: run.malformed.count,
    ids: run.ids,
    lotes: run.lotes,
    stored,
    failed: failures.length,
    reasons: countByReason(account),
    requests,
    seconds: Math.round(seconds * 100) / 100,
    out,
    files,
  });
}

export function printSummary(result: RunResult, budget: number): void {
  printLines(summaryLines(result, budget));
}

function summaryLines({ date, account, requests, seconds, out, files, logFile }: RunResult, budget: number): string[] {
  const { run, stored, failures } = account;
  const line = (name: string, value: number, rest: string) =>
    `  ${name.padEnd(10)}${formatNumber(value).padStart(9)}   ${rest}`.trimEnd();
  return [
    "",
    `Run ${run.run} of ${date}`,
    "",
    line("rows", run.rows, `read, ${malformedText(run.malformed)}`),
    line("ids", run.ids, `selected, in ${run.lotes} lotes`),
    line("stored", stored, ""),
    line("failed", failures.length, ""),
    ...reasonLines(account),
    line("requests", requests, `to TMDB, at most ${budget} a second`),
    `  seconds   ${seconds.toFixed(1).padStart(9)}   from the drop to the last id`,
    "",
    `  ${equation(run.ids, stored, failures.length)}`,
    "",
    `  Files in ${out}/: ${filesText(files)}`,
    `  Log of the functions: ${logFile}`,
  ];
}

function filesText(files: readonly string[]): string {
  const lotes = files
    .filter((name) => name.startsWith("lote_"))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const others = files.filter((name) => !name.startsWith("lote_"));
  const range = lotes.length > 2 ? [`${lotes[0]} … ${lotes.at(-1)}`] : lotes;
  return [...range, ...others].join(", ");
}
