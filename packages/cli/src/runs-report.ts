import { type DatedManifest, manifestProblems, runSummaries } from "@lotes/core";
import { formatNumber } from "./output.ts";
import { troubleLines } from "./status-text.ts";
import { tableLines } from "./table.ts";

/** For a program. */
export function runsDocument(dated: readonly DatedManifest[]) {
  return { runs: runSummaries(dated), troubles: manifestProblems(dated) };
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

/** The same cells, the numbers with their last digits below each other. */
function aligned(rows: readonly (readonly string[])[]): string[][] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)));
}
