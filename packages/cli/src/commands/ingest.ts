import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { DATE_HELP, FORCE_HELP, JSON_HELP, STRICT_HELP, TARGETS } from "../help.ts";
import { assertFollowed, runDate, stageOption } from "../options.ts";
import { today } from "../today.ts";

/** Uploads a CSV to where a new one starts a run, once it is known that it can be used; with `--watch`, follows the run to its end. */
export function ingest(program: Command): void {
  program
    .command("ingest")
    .description("upload a CSV to where it starts a run")
    .argument("<movies.csv>", "the CSV")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .option("--force", FORCE_HELP)
    .option("--watch", "follow its run until every id is accounted for")
    .option("--strict", `with --watch: ${STRICT_HELP}`)
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} ingest movies.csv
  ${COMMAND} ingest movies.csv --date 2026/11/23${TARGETS}`,
    )
    .action(async (path, { date = today(), force = false, watch, strict, json }) => {
      assertFollowed({ strict, watch });
      const { loadSettings, readRun } = await import("@lotes/core");
      const { assertUsable, openCsv } = await import("../csv-file.ts");
      const { EXIT } = await import("../exit-code.ts");
      const { noteLines, plural, printJson, printLines } = await import("../output.ts");
      const { uploadWithProgress } = await import("../upload-progress.ts");
      const { placesDocument } = await import("../documents.ts");
      const { ingestDocument, ingestLines } = await import("../ingest-report.ts");
      const { reuseIn, reuseLine } = await import("../reuse-report.ts");
      const { printStatus } = await import("../status-report.ts");
      const { judge } = await import("../strict.ts");
      const { openTarget } = await import("../target.ts");
      const { uploadedRun, uploadTroubles } = await import("../uploaded-run.ts");
      const { follow, isDone, isFinishedOrSuperseded, whyUnfinished } = await import("../watch.ts");

      const settings = loadSettings(process.env);
      const budget = settings.tmdb.requestsPerSecond;
      const csv = await openCsv(path, force);
      const ids = await assertUsable(path, settings, force);
      using target = await openTarget();
      const before = await readRun(target.store, date);
      const reuse = await reuseIn(target, ids, date, settings);
      const etag = await uploadWithProgress(csv, date, target);
      const { input } = placesDocument(target.bucket, date);
      const told = reuseLine(reuse) ?? [];
      const uploaded = [`${plural(csv.bytes ?? 0, "byte")} uploaded to ${target.name}:`, `  ${input}`].concat(told);
      // This is printed at once, since the producer's work may take a while.
      if (json) noteLines(uploaded);
      else printLines(uploaded);

      const run = await uploadedRun(target.store, date, etag, before);
      const account = watch && run && (await follow(target, date, budget, isFinishedOrSuperseded(run)));
      const troubles = uploadTroubles(run, account, date);
      const ingested = { date, run, reuse, account, troubles };
      if (json) {
        const all = { ...ingested, troubles: [...troubles, ...(await whyUnfinished(target, account))] };
        printJson(ingestDocument(all, { bucket: target.bucket, bytes: csv.bytes, etag }));
      } else if (account) await printStatus(target, account, { date, budget, troubles });
      else printLines(ingestLines(ingested));
      // A user who waits for the end of a run has to know that it has not begun, that it was ended, that it never will, or that another CSV took its place.
      const isTold = account?.run.source.etag === etag && isDone(account);
      if (watch && !isTold) process.exitCode = EXIT.failed;
      judge(account, strict);
    });
}
