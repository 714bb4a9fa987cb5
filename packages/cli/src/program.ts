import { MOST_SAMPLE_ROWS } from "@lotes/local/sample/most-sample-rows";
import { Argument, Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { COMMAND } from "./command-name.ts";
import { loadEnvFile } from "./env-file.ts";
import { DATE_HELP, FORCE_HELP, JSON_HELP, SETTINGS_HELP, STRICT_HELP, TARGETS } from "./help.ts";
import { reasonOption, runDate, stageOption, wholeNumber } from "./options.ts";
import { DEFAULT_SEED, MOST_SEED, START_ROWS } from "./sample-defaults.ts";

// AWS's own stand-ins listen there.
const LOCAL_PORT = 4566;
const MOST_PORT = 65_535;
/** The commands, their arguments and their help. What they do is loaded when they are called. */
export function program(): Command {
  const lotes = new Command("lotes")
    .description("Turns movies.csv into TMDB records, lote by lote, and loses nothing on the way.")
    .version(`lotes ${manifest.version}, Node ${process.version}`, "-V, --version", "print the version and Node's")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText("after", SETTINGS_HELP);

  // Not for those who only ask for help.
  lotes.hook("preAction", async (_, command) => {
    loadEnvFile(".env");
    const { stage } = command.opts<{ stage?: string }>();
    if (stage !== undefined) await (await import("./stage.ts")).linkTo(stage);
  });

  lotes
    .command("run")
    .description("run the whole pipeline on this machine: drop the CSV, fetch its movies, copy the result")
    .argument("[movies.csv]", `the CSV (default: a sample of ${START_ROWS} rows)`)
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .option("--out <dir>", "where to copy the date's files to", "out")
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
    .action(async (csv: string | undefined, options) => (await import("./commands/run.ts")).run(csv, options));

  lotes
    .command("local")
    .description("keep the local stack up: S3, SQS and the functions on this machine, with their state in .lotes/")
    .option("--port <n>", "where to listen on 127.0.0.1; 0 for any free port", wholeNumber(MOST_PORT, 0), LOCAL_PORT)
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Example:
  ${COMMAND} local          and in another terminal: ${COMMAND} ingest movies.csv`,
    )
    .action(async (options) => (await import("./commands/local.ts")).local(options));

  lotes
    .command("plan")
    .description("read and filter a CSV only: how many ids and lotes, how long, what it costs")
    .argument("<movies.csv>", "the CSV")
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} plan movies.csv
  MIN_VOTES=1000 lotes plan movies.csv   with another filter`,
    )
    .action(async (csv: string, options) => (await import("./commands/plan.ts")).plan(csv, options));

  lotes
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
    .action(async (csv: string, options) => (await import("./commands/ingest.ts")).ingest(csv, options));

  lotes
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
    .action(async (options) => (await import("./commands/status.ts")).status(options));

  lotes
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
    .action(async (options) => (await import("./commands/errors.ts")).errors(options));

  lotes
    .command("replay")
    .description("send failures back to LoteQueue; by default those that a second try can help")
    .option("--date <yyyy/mm/dd>", DATE_HELP, runDate)
    .addOption(reasonOption())
    .option("--id <id>", "only this id, whatever its reason")
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
    .action(async (options) => (await import("./commands/replay.ts")).replay(options));

  lotes
    .command("sample")
    .description(
      "write a made CSV of the true shape to stdout: known films with true facts, and filler that is never selected",
    )
    .option("--rows <n>", "data rows", wholeNumber(MOST_SAMPLE_ROWS), START_ROWS)
    .option("--seed <n>", "another seed makes other filler", wholeNumber(MOST_SEED), DEFAULT_SEED)
    .addHelpText(
      "after",
      `
Example:
  ${COMMAND} sample --rows 1000000 > movies.csv      about 165 MB`,
    )
    .action(async (options) => (await import("./commands/sample.ts")).sample(options));

  return lotes;
}

/** The commands, and `completion`, which knows them all. */
export function programWithCompletion(): Command {
  const lotes = program();
  lotes
    .command("completion")
    .description("print a script that makes the shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  eval "$(${COMMAND} completion bash)"         in ~/.bashrc, with the path of this clone
  ${COMMAND} completion fish | source`,
    )
    .action(async (shell) => (await import("./commands/completion.ts")).completion(shell));
  lotes
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words) => (await import("./commands/completion.ts")).suggestions(words));
  return lotes;
}
