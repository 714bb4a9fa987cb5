import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP, TARGETS } from "../help.ts";
import { outPath, runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Writes a run as one HTML file. */
export function report(program: Command): void {
  program
    .command("report")
    .description("write a run as one HTML file, which needs neither a server nor a network")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .option("--out <file>", "the file; one that is there is replaced", outPath, "report.html")
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} report
  ${COMMAND} report --date 2026/11/23 --out monday.html${TARGETS}`,
    )
    .action(async ({ date = today(), out, stage, json }) => {
      const { report } = await import("@lotes/console/report");
      const { loadSettings } = await import("@lotes/core");
      const { placesDocument } = await import("../documents.ts");
      const { plural, printJson, printLines } = await import("../output.ts");
      const { reportPlace } = await import("../report-place.ts");
      const { openTarget } = await import("../target.ts");
      const { noRun } = await import("../user-error.ts");
      const { writeReport } = await import("../write-report.ts");

      const budget = loadSettings(process.env).tmdb.requestsPerSecond;
      using target = await openTarget();
      const made = await report(reportPlace(target, { budget, stage }), date);
      if (made?.document.run == null) throw noRun(date, target.name);
      const bytes = await writeReport(out, made.html);
      const { run, ids, stored, failed, settled } = made.document.run;
      if (json) {
        printJson({
          date,
          run,
          ...placesDocument(target.bucket, date),
          ids,
          stored,
          failed,
          settled,
          file: out,
          bytes,
        });
      } else {
        printLines([`${out}: run ${run} of ${date}, ${plural(ids, "id")}, ${plural(bytes, "byte")}`]);
      }
    });
}
