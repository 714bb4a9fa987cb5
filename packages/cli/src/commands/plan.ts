import { fileChunks, loadSettings, rejectionOf, selectIds } from "@lotes/core";
import { costOf } from "../cost.ts";
import { csvBytes } from "../csv-file.ts";
import { EXIT } from "../exit-code.ts";
import { duration, formatNumber, oddRowsText, printJson, printLines } from "../output.ts";
import { usable } from "../usable.ts";

/** Reads and filters a CSV, and tells what a run of it would be, or why there would be none. */
export async function plan(path: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const settings = loadSettings(process.env);
  const { tmdb, filter, loteSize, consumerConcurrency } = settings;
  const bytes = await csvBytes(path);
  const selection = await usable(path, () => selectIds(fileChunks(path), filter));
  const { rows, malformed, unreadable, ids } = selection;
  const rejected = rejectionOf(selection, settings) ?? null;
  if (rejected !== null) process.exitCode = EXIT.failed;
  const lotes = Math.ceil(ids.length / loteSize);
  const seconds = ids.length / tmdb.requestsPerSecond;
  const usd = costOf({ bytes, lotes, seconds, consumers: consumerConcurrency });
  if (json) {
    const counts = { rows, malformed, unreadable, ids: ids.length, lotes };
    return printJson({ file: path, bytes, ...counts, seconds, usd, rejected });
  }
  const line = (name: string, value: string, rest: string) => `  ${name.padEnd(10)}${value.padStart(11)}   ${rest}`;
  printLines([
    "",
    `Plan for ${path}`,
    "",
    line("rows", formatNumber(rows), oddRowsText({ malformed, unreadable })),
    line(
      "ids",
      formatNumber(ids.length),
      `of movies after ${filter.minYear}, with more than ${formatNumber(filter.minVotes)} votes,`,
    ),
    line("", "", `of a genre with ${filter.genres.join(" or ")}`),
    line("lotes", formatNumber(lotes), `of ${loteSize} ids`),
    line("time", duration(seconds), `at ${tmdb.requestsPerSecond} requests a second, if TMDB answers each at once`),
    line("AWS", `$${usd.toFixed(4)}`, "at list prices, without the free tier; see docs/deployment.md"),
    "",
    ...(rejected === null ? [] : [`! ${path} would be rejected: ${rejected}`, ""]),
  ]);
}
