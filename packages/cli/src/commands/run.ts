import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, FORCE_HELP, JSON_HELP, STRICT_HELP } from "../help.ts";
import { outPath, runDate } from "../options.ts";
import { START_ROWS } from "../sample-defaults.ts";
import { today } from "../today.ts";

/** Runs the whole pipeline on this machine, from the drop of the CSV to the copied result. */
export function run(program: Command): void {
  program
    .command("run")
    .description("run the whole pipeline on this machine: drop the CSV, fetch its movies, copy the result")
    .argument("[movies.csv]", `the CSV (default: a sample of ${START_ROWS} rows)`)
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .option("--out <dir>", "where to copy the date's files to", outPath, "out")
    .option("--force", FORCE_HELP)
    .option("--strict", STRICT_HELP)
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} run                              the sample, without TMDB
  ${COMMAND} run movies.csv --out result      your own CSV
  TMDB_TOKEN=… ${COMMAND} run movies.csv      with TMDB itself`,
    )
    .action(async (path, { date, out, force = false, strict, json }) => {
      const { loadSettings } = await import("@lotes/core");
      const { assertUsable, openCsv } = await import("../csv-file.ts");
      const { Interruption } = await import("../interruption.ts");
      const { runHere } = await import("../local-run.ts");
      const { OutputDirectory } = await import("../output-directory.ts");
      const { judge } = await import("../strict.ts");
      const { printResult, printSummary } = await import("../summary.ts");
      const { tmdbForRun } = await import("../tmdb-for-run.ts");

      const settings = loadSettings(process.env);
      const budget = settings.tmdb.requestsPerSecond;
      using interruption = new Interruption();
      const { signal } = interruption;
      const csv = await openCsv(path, force);
      // The place for the files is checked before the first request to TMDB.
      await new OutputDirectory(out).check();
      if (path !== undefined) await assertUsable(path, settings, force);
      await using tmdb = await tmdbForRun(settings.tmdb, signal);

      const environment = { ...process.env, ...tmdb.settings };
      const done = await runHere({ csv, date: date ?? today(), out, environment, budget, signal });
      const result = { ...done, isToday: date === undefined };
      if (json) printResult(result);
      else printSummary(result, budget);
      if (process.exitCode === undefined) judge(result.account, strict);
      interruption.throwIfBroken();
    });
}
