import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { JSON_HELP, TARGETS } from "../help.ts";
import { stageOption } from "../options.ts";

/** Lists the settled run of each date. */
export function runs(program: Command): void {
  program
    .command("runs")
    .description("the settled run of each date: when, its ids, what it took")
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} runs
  ${COMMAND} runs --json${TARGETS}`,
    )
    .action(async ({ json }) => {
      const { settledRuns } = await import("@lotes/core");
      const { printJson, printLines } = await import("../output.ts");
      const { runsDocument, runsLines } = await import("../runs-report.ts");
      const { openTarget } = await import("../target.ts");

      using target = await openTarget();
      const dated = await settledRuns(target.store);
      if (json) printJson(runsDocument(dated));
      else printLines(runsLines(dated, target.name));
    });
}
