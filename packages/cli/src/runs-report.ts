import type { DatedManifest, Trouble } from "@lotes/core";
import { formatNumber } from "./output.ts";
import { troubleLines } from "./status-text.ts";
import { tableLines } from "./table.ts";

/** For a program. */
export function runsDocument(dated: readonly DatedManifest[]) {
  return {
    runs: dated.flatMap((each) => ("manifest" in each ? [runDocument(each)] : [])),
    troubles: troublesOf(dated),
  };
}

function runDocument({ date, manifest }: Extract<DatedManifest, { readonly manifest: unknown }>) {
  const { run, revision, ids, stored, failed, reused, requests, started_at, finished_at } = manifest;
  const seconds = (Date.parse(finished_at) - Date.parse(started_at)) / 1000;
  return { date, run, revision, ids, stored, failed, reused, requests, seconds, started_at, finished_at };
}

const COLUMNS = ["ids", "stored", "failed", "reused", "requests", "seconds"] as const;

/** A line for each date, for people. */
export function runsLines(dated: readonly DatedManifest[], place: string): string[] {
  const { runs, troubles } = runsDocument(dated);
  if (dated.length === 0) return [`No run has settled yet on ${place}.`];
  const rows = runs.map(({ date, finished_at, ...counts }) => [
    date,
    finished_at.slice(0, 19).replace("T", " "),
    ...COLUMNS.map((column) => (column === "seconds" ? counts.seconds.toFixed(1) : formatNumber(counts[column]))),
  ]);
  const cells = aligned([["date", "finished (UTC)", ...COLUMNS], ...rows]);
  return ["", ...(rows.length > 0 ? tableLines(cells) : []), ...troubleLines(troubles), ""];
}

function troublesOf(dated: readonly DatedManifest[]): Trouble[] {
  return dated.flatMap((each) =>
    "problem" in each ? [{ code: "unreadable_manifest", message: `${each.date}: ${each.problem}` } as const] : [],
  );
}

/** The same cells, the numbers with their last digits below each other. */
function aligned(rows: readonly (readonly string[])[]): string[][] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)));
}
