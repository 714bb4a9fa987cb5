import { filterInWords, rejectionOf, type Selection, type Settings } from "@lotes/core";
import { costOf } from "./cost.ts";
import { formatDuration, formatNumber, oddRowsText } from "./output.ts";
import { type Reuse, reuseLine } from "./reuse-report.ts";

export interface ReadCsv {
  /** As it was named. */
  readonly file: string;
  readonly bytes: number;
  readonly selection: Selection;
  /** Undefined where there is no output of earlier runs to look into. */
  readonly reuse: Reuse | undefined;
}

/** What a run of a CSV would be. */
export interface Plan extends ReadCsv {
  readonly lotes: number;
  readonly seconds: number;
  readonly usd: number;
  /** Why there would be none; null when there would be one. */
  readonly rejected: string | null;
}

export function planOf(csv: ReadCsv, settings: Settings): Plan {
  const { bytes, selection, reuse } = csv;
  const { ids } = selection;
  const { tmdb, loteSize, consumerConcurrency } = settings;
  const lotes = Math.ceil(ids.length / loteSize);
  const seconds = (ids.length - (reuse?.ids ?? 0)) / tmdb.requestsPerSecond;
  const usd = costOf({ bytes, lotes, seconds, consumers: consumerConcurrency });
  return { ...csv, lotes, seconds, usd, rejected: rejectionOf(selection, settings) ?? null };
}

/** For a program. */
export function planDocument({ file, bytes, selection, lotes, reuse, seconds, usd, rejected }: Plan) {
  const { rows, malformed, unreadable, ids } = selection;
  const counts = { rows, malformed, unreadable, ids: ids.length, lotes };
  return { file, bytes, ...counts, reuse: reuse ?? null, seconds, usd, rejected };
}

/** For people. */
export function planLines(plan: Plan, { tmdb, filter, loteSize }: Settings): string[] {
  const { file, selection, lotes, reuse, seconds, usd, rejected } = plan;
  const { rows, malformed, unreadable, ids } = selection;
  const [above, contains] = filterInWords(filter);
  const reused = reuse && reuseLine(reuse);
  return [
    "",
    `Plan for ${file}`,
    "",
    line("rows", formatNumber(rows), oddRowsText({ malformed, unreadable })),
    line("ids", formatNumber(ids.length), `of movies ${above},`),
    line("", "", contains),
    line("lotes", formatNumber(lotes), `of ${loteSize} ids`),
    ...(reused === undefined ? [] : [line("", "", reused)]),
    line(
      "time",
      formatDuration(seconds),
      `at ${tmdb.requestsPerSecond} requests a second, if TMDB answers each at once`,
    ),
    line("AWS", `$${usd.toFixed(4)}`, "at list prices, without the free tier; see docs/deployment.md"),
    "",
    ...(rejected === null ? [] : [`! ${file} would be rejected: ${rejected}`, ""]),
  ];
}

function line(name: string, value: string, rest: string): string {
  return `  ${name.padEnd(10)}${value.padStart(11)}   ${rest}`;
}
