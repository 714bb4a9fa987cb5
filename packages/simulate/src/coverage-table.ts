import { type Coverage, isFunctionsCall, pairOf, troublesAt } from "./coverage.ts";

const COLUMNS = [
  "dies before",
  "dies after",
  "unsent",
  "answer lost",
  "slow",
  "overtaken",
  "throttled",
  "broken",
  "conflict",
  "in part",
];

/** What was met, as a table: a row for each call of a function, and a column for each trouble. Below it stand the log lines, and what else went wrong. */
export function coverageTable({ steps, pairs }: Coverage): string[] {
  const calls = [...steps.keys()].filter(isFunctionsCall).sort();
  const rows = calls.map((step) => [
    step,
    String(steps.get(step)),
    ...COLUMNS.map((trouble) => {
      const met = pairs.get(pairOf({ step, trouble })) ?? 0;
      return met > 0 || (troublesAt(step) as readonly string[]).includes(trouble) ? String(met) : "";
    }),
  ]);
  const shown = new Set(calls.flatMap((step) => COLUMNS.map((trouble) => pairOf({ step, trouble }))));
  const others = [...pairs].filter(([pair]) => !shown.has(pair)).sort();
  const logged = [...steps].filter(([step]) => step.includes(" logs: ")).sort();
  return [
    ...table([["", "calls", ...COLUMNS], ...rows]),
    "",
    ...table([...others, ...logged].map(([what, count]) => [what, String(count)])),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
