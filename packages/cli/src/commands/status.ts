import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP, STRICT_HELP, TARGETS } from "../help.ts";
import { runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Tells how far the run of a date is; with `--watch`, until every id is accounted for. */
export function status(program: Command): void {
  program
    .command("status")
    .description("how far a run is, and what is in its way")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .option("--watch", "follow it until every id is accounted for")
    .option("--strict", STRICT_HELP)
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} status --watch
  ${COMMAND} status --date 2026/11/23 --json${TARGETS}`,
    )
    .action(async ({ date = today(), watch, strict, json }) => {
      const { Accountant, loadSettings } = await import("@lotes/core");
      const { EXIT } = await import("../exit-code.ts");
      const { misplacedTroubles } = await import("../misplaced.ts");
      const { droppedAt, printDropped, printStatus } = await import("../status-report.ts");
      const { judge } = await import("../strict.ts");
      const { openTarget } = await import("../target.ts");
      const { noRun } = await import("../user-error.ts");
      const { follow, isFinished } = await import("../watch.ts");

      const budget = loadSettings(process.env).tmdb.requestsPerSecond;
      using target = await openTarget();
      const [account, troubles] = watch
        ? [await follow(target, date, budget, isFinished), await misplacedTroubles(target, date)]
        : await Promise.all([new Accountant(target.store, date).account(), misplacedTroubles(target, date)]);
      if (account === undefined) {
        const dropped = await droppedAt(target.store, date);
        if (dropped === undefined) throw noRun(date, target.name, troubles);
        return printDropped(dropped, { bucket: target.bucket, date, json, troubles });
      }
      const isUnfinished = watch && !isFinished(account);
      if (isUnfinished || ["rejected", "cancelled"].includes(account.run.status)) process.exitCode = EXIT.failed;
      await printStatus(target, account, { date, budget, json, troubles });
      judge(account, strict);
    });
}
