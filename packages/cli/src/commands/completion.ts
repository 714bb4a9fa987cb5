import { resolve } from "node:path";
import { Argument, type Command } from "commander";
import { COMMAND } from "../command-name.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../bin/lotes");

/** Prints the script that makes a shell complete `lotes`, also where it is called by its path. */
export function completion(program: Command): void {
  program
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
    .action(async (shell) => {
      const { default: tab } = await import("@bomb.sh/tab");
      tab.setup("lotes", LAUNCHER, shell);
    });
}

/** The command that such a script calls. */
export function complete(program: Command): void {
  program.command("complete", { hidden: true }).argument("[words...]").action(suggestions);
}

/** Tells what may stand at the end of these words. */
export async function suggestions(words: readonly string[]): Promise<void> {
  const { default: suggest } = await import("@bomb.sh/tab/commander");
  const { program } = await import("../program.ts");
  const lotes = program();
  suggest(lotes, { completionCommandName: "completion" });
  await lotes.parseAsync(["complete", "--", ...words], { from: "user" });
}
