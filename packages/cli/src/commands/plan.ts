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
  MIN_VOTES=1000 ${COMMAND} plan movies.csv   with another filter

With a local stack or a stage it also tells how many ids need not be asked for.`,
    )
    .action(async (path, { date = today(), json }) => {
      const { loadSettings } = await import("@lotes/core");
      const { csvBytes, selectFromFile } = await import("../csv-file.ts");
      const { EXIT } = await import("../exit-code.ts");
      const { printJson, printLines } = await import("../output.ts");
      const { planDocument, planLines, planOf } = await import("../plan-report.ts");
      const { reuseIfKnown } = await import("../reuse-report.ts");

      const settings = loadSettings(process.env);
      const bytes = await csvBytes(path);
      const selection = await selectFromFile(path, settings.filter);
      const reuse = await reuseIfKnown(selection.ids, date, settings);
      const plan = planOf({ file: path, bytes, selection, reuse }, settings);
      if (plan.rejected !== null) process.exitCode = EXIT.failed;
      if (json) printJson(planDocument(plan));
      else printLines(planLines(plan, settings));
    });
}
