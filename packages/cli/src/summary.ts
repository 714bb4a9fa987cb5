import { type Account, diagnose, type RunDate, type Trouble } from "@lotes/core";
import { accountDocument } from "./documents.ts";
import { accountEquation, formatNumber, oddRowsText, plural, printJson, printLines } from "./output.ts";
import { reasonLines } from "./reasons.ts";
import { troubleLines } from "./status-text.ts";

export interface RunResult {
  readonly date: RunDate;
  /** Whether nobody had named the date. */
  readonly isToday: boolean;
  /** Of the local stack, which is gone by now. */
  readonly bucket: string;
  readonly account: Account;
  readonly requests: number;
  /** From the drop to the last id. */
  readonly seconds: number;
  readonly out: string;
  /** The names of the files in `out`. */
  readonly files: readonly string[];
  /** Undefined when it could not be written. */
  readonly logFile: string | undefined;
}

export function printResult(result: RunResult): void {
  const { date, bucket, account, requests, seconds, out, files, logFile } = result;
  printJson({
    ...accountDocument(account, bucket, date),
    requests,
    seconds: Math.round(seconds * 100) / 100,
    out,
    files,
    log: logFile,
    troubles: troublesOf(result),
  });
}

function troublesOf({ account }: RunResult): Trouble[] {
  const empty = { visible: 0, inFlight: 0 };
  return diagnose(account, { lotes: empty, deadLetters: empty });
}

export function printSummary(result: RunResult, budget: number): void {
  printLines(summaryLines(result, budget));
}

/** What became of a run, for people. */
export function summaryLines(result: RunResult, budget: number): string[] {
  const { date, isToday, account, requests, seconds, out, files, logFile } = result;
  const { run, stored, failures } = account;
  const line = (name: string, value: number, rest: string) =>
    `  ${name.padEnd(10)}${formatNumber(value).padStart(9)}   ${rest}`.trimEnd();
  return [
    "",
    `Run ${run.run} of ${date}${isToday ? ", which is today in UTC" : ""}`,
    "",
    line("rows", run.rows, `read, ${oddRowsText(run)}`),
    line("ids", run.ids, `selected, in ${plural(run.lotes, "lote")}`),
    line("stored", stored, ""),
    line("failed", failures.length, ""),
    ...reasonLines(account),
    line("requests", requests, `to TMDB, at most ${budget} a second`),
    `  seconds   ${seconds.toFixed(1).padStart(9)}   from the drop to the last id`,
    "",
    `  ${accountEquation(run.ids, stored, failures.length, account.cancelled)}`,
    "",
    `  Files in ${out}/: ${filesText(files)}`,
    ...(logFile === undefined ? [] : [`  Log of the functions: ${logFile}`]),
    ...troubleLines(troublesOf(result)),
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
