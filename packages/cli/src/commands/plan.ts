import { fileChunks, loadSettings, selectIds } from "@lotes/core";
import { costOf } from "../cost.ts";
import { csvBytes } from "../csv-file.ts";
import { duration, formatNumber, malformedText, printJson, printLines } from "../output.ts";
import { usable } from "../usable.ts";

/** Reads and filters a CSV, and tells what a run of it would be. */
export async function plan(path: string, { json = false }: { readonly json?: boolean }): Promise<void> {
  const { tmdb, filter, loteSize, consumerConcurrency } = loadSettings(process.env);
  const bytes = await csvBytes(path);
  const { rows, malformed, ids } = await usable(path, () => selectIds(fileChunks(path), filter));
  const lotes = Math.ceil(ids.length / loteSize);
  const seconds = ids.length / tmdb.requestsPerSecond;
  const usd = costOf({ bytes, lotes, seconds, consumers: consumerConcurrency });
  if (json) return printJson({ file: path, bytes, rows, malformed, ids: ids.length, lotes, seconds, usd });
  const line = (name: string, value: string, rest: string) => `  ${name.padEnd(10)}${value.padStart(11)}   ${rest}`;
  printLines([
    "",
    `Plan for ${path}`,
    "",
    line("rows", formatNumber(rows), malformedText(malformed)),
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
  ]);
}
