import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP, TARGETS } from "../help.ts";
import { runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Ends a run that should not have been. */
export function cancel(program: Command): void {
  program
    .command("cancel")
    .description("end the run of a date: nothing more is asked for, and what is stored stays")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Consumers at work learn of it within two seconds, and store what they have by then.

Examples:
  ${COMMAND} cancel
  ${COMMAND} cancel --date 2026/11/23 --json${TARGETS}`,
    )
    .action(async ({ date = today(), json }) => {
      const { cancelRun, loadSettings } = await import("@lotes/core");
      const { beforeCancel } = await import("../cancel-target.ts");
      const { printStatus } = await import("../status-report.ts");
      const { accountOf, openTarget } = await import("../target.ts");
      const { csvRejected, noRun } = await import("../user-error.ts");

      const budget = loadSettings(process.env).tmdb.requestsPerSecond;
      using target = await openTarget();
      const troubles = await beforeCancel(target, date);
      const run = await cancelRun(target.store, date, new Date());
      if (run === undefined) throw noRun(date, target.name, troubles);
      if (run.status === "rejected") throw csvRejected(run.error);
      await printStatus(target, await accountOf(target, date), { date, budget, json, troubles });
    });
}
