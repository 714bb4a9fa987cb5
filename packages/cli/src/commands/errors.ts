import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP, TARGETS } from "../help.ts";
import { reasonOption, runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Lists what has no record, and why. */
export function errors(program: Command): void {
  program
    .command("errors")
    .description("what has no record, and why")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .addOption(reasonOption())
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} errors
  ${COMMAND} errors --reason server_error${TARGETS}`,
    )
    .action(async ({ date = today(), reason, json }) => {
      const { accountDocument, ledgerUri } = await import("../documents.ts");
      const { failureLines } = await import("../failure-text.ts");
      const { printJson, printLines } = await import("../output.ts");
      const { accountOf, openTarget } = await import("../target.ts");

      using target = await openTarget();
      const account = await accountOf(target, date);
      const all = [...account.failures, ...account.malformedMessages];
      const entries = all.filter((entry) => reason === undefined || entry.reason === reason);
      const { bucket } = target;
      if (json) printJson({ ...accountDocument(account, bucket, date), ledger: ledgerUri(bucket, date), entries });
      else if (entries.length === 0) printLines([`No id failed on ${date}${reason ? ` as ${reason}` : ""}.`]);
      else printLines(failureLines(entries, account.run, date));
    });
}
