import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, JSON_HELP, STRICT_HELP, TARGETS } from "../help.ts";
import { assertFollowed, movieId, reasonOption, runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Sends failures back to LoteQueue. The entries leave the ledger once they are recovered, and not before. */
export function replay(program: Command): void {
  program
    .command("replay")
    .description("send failures back to LoteQueue; by default those that a second try can help")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .addOption(reasonOption())
    .option("--id <id>", "only this id, whatever its reason; may be given more than once", added)
    .option("--all", "also those that a second try can't help, such as not_found")
    .option("--dlq", "also the messages that are still in the DeadLetterQueue")
    .option("--dry-run", "only tell what would be sent")
    .option("--watch", "follow them until every id is accounted for")
    .option("--strict", `with --watch: ${STRICT_HELP}`)
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} replay --dry-run
  ${COMMAND} replay --watch
  ${COMMAND} replay --reason not_found        TMDB may have added them by now
  ${COMMAND} replay --id tt0068646${TARGETS}`,
    )
    .action(async ({ date = today(), watch, strict, json, dlq, dryRun, reason, id: ids, all }) => {
      assertFollowed({ strict, watch });
      const { loadSettings } = await import("@lotes/core");
      const { EXIT } = await import("../exit-code.ts");
      const { printJson } = await import("../output.ts");
      const { choose } = await import("../replay-choice.ts");
      const { dlqTroubles, replayDocument, tellSent } = await import("../replay-report.ts");
      const { followReplay } = await import("../replay-end.ts");
      const { isAnythingSent, send } = await import("../replay-send.ts");
      const { printStatus } = await import("../status-report.ts");
      const { judge } = await import("../strict.ts");
      const { accountToReplay, openTarget } = await import("../target.ts");

      const budget = loadSettings(process.env).tmdb.requestsPerSecond;
      using target = await openTarget();
      const account = await accountToReplay(target, date, dlq);
      const chosen = await choose(target.store, date, account, { reason, ids, all });
      const sent = await send(target, date, chosen, { dlq, dryRun });
      tellSent(sent, json);

      const followed =
        watch && account && isAnythingSent(sent)
          ? await followReplay(target, date, budget, account, sent.entries)
          : undefined;
      const after = followed?.after ?? account;
      if (json) {
        const { bucket } = target;
        const troubles = [
          ...sent.troubles,
          ...dlqTroubles(sent),
          ...(followed?.unmet ?? []),
          ...(followed?.unfinished ?? []),
        ];
        printJson(replayDocument(sent, { date, bucket, account, after: watch ? after : undefined, troubles }));
      } else if (followed) {
        await printStatus(target, followed.after, { date, budget, troubles: followed.unmet });
      }
      // As with `ingest --watch`: the end that was waited for will not come.
      if (followed?.isDone === false) process.exitCode = EXIT.failed;
      judge(after, strict);
    });
}

/** Each time an option is given adds to it. */
function added(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, movieId(value)];
}
