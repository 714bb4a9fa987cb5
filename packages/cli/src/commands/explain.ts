import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP, TARGETS } from "../help.ts";
import { movieId, runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Tells what became of one id. */
export function explain(program: Command): void {
  program
    .command("explain")
    .description("what became of one id: its lote, its record or its failure, and when")
    .argument("<id>", "as it stands in the CSV, such as tt0068646", movieId)
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .option("--csv <movies.csv>", "the CSV of the run, to tell which rows select the id, or why none does")
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} explain tt0068646
  ${COMMAND} explain tt0068646 --date 2026/11/23 --csv movies.csv${TARGETS}`,
    )
    .action(async (asked, { date = today(), csv, json }) => {
      const { explain } = await import("@lotes/core");
      const { csvBytes, rowsNotSelecting, rowsSelecting } = await import("../csv-file.ts");
      const { explanationDocument, explanationLines } = await import("../explain-report.ts");
      const { note, plural, printJson, printLines } = await import("../output.ts");
      const { openTarget } = await import("../target.ts");
      const { noRun } = await import("../user-error.ts");

      using target = await openTarget();
      const explanation = await explain(target.store, date, asked);
      if (explanation === undefined) throw noRun(date, target.name);
      const { id, run } = explanation;
      const { source, filter } = run;
      const rows = csv === undefined ? undefined : await rowsSelecting(id, csv, filter);
      const unselected = csv !== undefined && rows?.length === 0 ? await rowsNotSelecting(id, csv, filter) : [];
      const sizes = csv === undefined ? [] : [await csvBytes(csv), source.size].map((size) => plural(size, "byte"));
      if (sizes[0] !== sizes[1])
        note(`! ${csv} is not the CSV of the run: it has ${sizes[0]}, and that has ${sizes[1]}`);
      const told = { date, bucket: target.bucket, rows, unselected, ...explanation };
      if (json) printJson(explanationDocument(told));
      else printLines(explanationLines(told));
    });
}
