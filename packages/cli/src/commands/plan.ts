import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP } from "../help.ts";
import { runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Reads and filters a CSV, and tells what a run of it would be, or why there would be none. */
export function plan(program: Command): void {
  program
    .command("plan")
    .description("read and filter a CSV only: how many ids and lotes, how long, what it costs")
    .argument("<movies.csv>", "the CSV")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} plan movies.csv
  MIN_VOTES=1000 lotes plan movies.csv   with another filter

With a local stack or a stage it also tells how many ids need not be asked for.`,
    )
    .action(async (path, { date = today(), json }) => {
      const { filterInWords, loadSettings, rejectionOf } = await import("@lotes/core");
      const { costOf } = await import("../cost.ts");
      const { csvBytes, selectFromFile } = await import("../csv-file.ts");
      const { EXIT } = await import("../exit-code.ts");
      const { formatDuration, formatNumber, oddRowsText, printJson, printLines } = await import("../output.ts");

      const { reuseIfKnown, reuseLine } = await import("../reuse-report.ts");

      const settings = loadSettings(process.env);
      const { tmdb, filter, loteSize, consumerConcurrency } = settings;
      const bytes = await csvBytes(path);
      const selection = await selectFromFile(path, filter);
      const { rows, malformed, unreadable, ids } = selection;
      const rejected = rejectionOf(selection, settings) ?? null;
      if (rejected !== null) process.exitCode = EXIT.failed;
      const lotes = Math.ceil(ids.length / loteSize);
      const reuse = await reuseIfKnown(ids, date, settings);
      const seconds = (ids.length - (reuse?.ids ?? 0)) / tmdb.requestsPerSecond;
      const usd = costOf({ bytes, lotes, seconds, consumers: consumerConcurrency });
      if (json) {
        const counts = { rows, malformed, unreadable, ids: ids.length, lotes };
        return printJson({ file: path, bytes, ...counts, reuse: reuse ?? null, seconds, usd, rejected });
      }
      const [above, contains] = filterInWords(filter, formatNumber);
      const reused = reuse && reuseLine(reuse);
      printLines([
        "",
        `Plan for ${path}`,
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
        ...(rejected === null ? [] : [`! ${path} would be rejected: ${rejected}`, ""]),
      ]);
    });
}

function line(name: string, value: string, rest: string): string {
  return `  ${name.padEnd(10)}${value.padStart(11)}   ${rest}`;
}
