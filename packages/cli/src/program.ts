import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { cancel } from "./commands/cancel.ts";
import { complete, completion } from "./commands/completion.ts";
import { console } from "./commands/console.ts";
import { errors } from "./commands/errors.ts";
import { eventbridge } from "./commands/eventbridge.ts";
import { explain } from "./commands/explain.ts";
import { ingest } from "./commands/ingest.ts";
import { local } from "./commands/local.ts";
import { plan } from "./commands/plan.ts";
import { replay } from "./commands/replay.ts";
import { report } from "./commands/report.ts";
import { run } from "./commands/run.ts";
import { runs } from "./commands/runs.ts";
import { sample } from "./commands/sample.ts";
import { status } from "./commands/status.ts";
import { SETTINGS_HELP } from "./help.ts";
import { visible } from "./visible.ts";

/** The commands in the order of the help. What a command works with is loaded when it is called. */
export function program(): Command {
  const lotes = new Command("lotes")
    .description("Turns movies.csv into TMDB records, lote by lote, and loses nothing on the way.")
    .version(`lotes ${manifest.version}, Node ${process.version}`, "-V, --version", "print the version and Node's")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    // What was typed is repeated in the message.
    .configureOutput({ outputError: (text, write) => write(text.split("\n").map(visible).join("\n")) })
    .addHelpText("after", SETTINGS_HELP);

  // This is done for a command, and not for help.
  lotes.hook("preAction", async (_, command) => {
    // It is loaded before the command begins. Later it may be impossible to open another file.
    await import("./failure.ts");
    const { loadEnvFile } = await import("./env-file.ts");
    loadEnvFile(".env");
    const stage = command.getOptionValue("stage");
    if (typeof stage === "string") await (await import("./stage.ts")).linkTo(stage);
  });

  for (const declare of [
    run,
    local,
    plan,
    ingest,
    status,
    errors,
    replay,
    cancel,
    runs,
    explain,
    report,
    console,
    sample,
    eventbridge,
  ])
    declare(lotes);
  return lotes;
}

/** The commands, and `completion`, which knows them all. */
export function programWithCompletion(): Command {
  const lotes = program();
  for (const declare of [completion, complete]) declare(lotes);
  return lotes;
}

/**
 * Runs a command, and tells why it failed if it does.
 * @param args those of the command
 * @returns the exit code; undefined when the command has decided it
 */
export async function runCommand(lotes: Command, args: readonly string[]): Promise<number | undefined> {
  try {
    await lotes.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    // Commander also throws after it has printed its help.
    if (error instanceof CommanderError && error.exitCode === 0) return error.exitCode;
    return (await import("./failure.ts")).tellFailure(error, args, adviceOn(error, args, lotes));
  }
}

/** A date that stands where none is taken: it goes with an option. */
function adviceOn(error: unknown, args: readonly string[], lotes: Command): string | undefined {
  if (!(error instanceof CommanderError) || error.code !== "commander.excessArguments") return undefined;
  const date = args.find((arg, index) => /^\d{4}[-/.]\d\d?[-/.]\d\d?$/.test(arg) && args[index - 1] !== "--date");
  const command = lotes.commands.find((each) => each.name() === args[0]);
  if (date === undefined || !command?.options.some(({ long }) => long === "--date")) return undefined;
  return `The date goes with --date, as yyyy/mm/dd: --date ${date.replaceAll(/[-.]/g, "/")}`;
}
