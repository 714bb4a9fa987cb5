import { resolve } from "node:path";
import { Argument, type Command } from "commander";
import { COMMAND } from "../command-name.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../bin/lotes");
const SHELLS = ["bash", "zsh", "fish"] as const;

/** Prints the script that makes a shell complete `lotes`, also where it is called by its path. */
export function completion(program: Command): void {
  program
    .command("completion")
    .description("print a script that makes the shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  eval "$(${COMMAND} completion bash)"         in ~/.bashrc, with the path of this clone
  ${COMMAND} completion fish | source`,
    )
    .action(async (shell) => {
      const { printLines } = await import("../output.ts");
      if (shell === "bash") return printLines(bashScript(LAUNCHER).split("\n"));
      const { default: tab } = await import("@bomb.sh/tab");
      tab.setup("lotes", shell === "fish" ? inFishQuotes(LAUNCHER) : inQuotesToBeEvaluated(LAUNCHER), shell);
    });
}

/**
 * The script for bash. That of the library needs the package bash-completion, which a Mac and many servers lack, runs what was typed as far
 * as it is a command, and can't be read twice by one shell.
 */
export function bashScript(launcher: string): string {
  return `# bash completion for lotes
__lotes_complete() {
  local line words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  local last=$((COMP_CWORD - 1))
  COMPREPLY=()
  # Bash makes three words of --reason=network.
  if [ "\${words[last]}" = "=" ]; then
    words[last]=""
  elif [ "$last" -gt 0 ] && [ "\${words[last - 1]}" = "=" ]; then
    unset "words[last - 1]"
  fi
  while IFS= read -r line; do
    # The last line is a sign for other shells.
    case $line in
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(${inQuotes(launcher)} complete -- "\${words[@]}" 2>/dev/null)
}
# Where there is nothing to suggest, bash suggests files.
complete -o default -F __lotes_complete lotes`;
}

function inQuotes(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** The library's script for zsh has the path in double quotes, and evaluates what is in them. */
function inQuotesToBeEvaluated(path: string): string {
  return inQuotes(path).replaceAll(/[\\$`"]/g, "\\$&");
}

function inFishQuotes(path: string): string {
  return `'${path.replaceAll(/[\\']/g, "\\$&")}'`;
}

/** The command that such a script calls. */
export function complete(program: Command): void {
  program.command("complete", { hidden: true }).argument("[words...]").action(suggestions);
}

/** Tells what may stand at the end of these words. */
export async function suggestions(words: readonly string[]): Promise<void> {
  const { default: suggest } = await import("@bomb.sh/tab/commander");
  const { ShellCompDirective } = await import("@bomb.sh/tab");
  const { ShellCompDirectiveNoFileComp: NO_FILES, ShellCompDirectiveDefault: FILES } = ShellCompDirective;
  const { program } = await import("../program.ts");
  const lotes = program();
  const root = suggest(lotes, { completionCommandName: "completion" });
  // The library knows one shell more than this command.
  root.commands.get("completion")?.argument("shell", (suggestion) => {
    for (const shell of SHELLS) suggestion(shell, "");
  });
  // It would tell the shell to suggest no files, not even in the place of a CSV.
  Object.defineProperty(root, "directive", {
    get: () => (root.completions.length > 0 ? NO_FILES : FILES),
    set: () => {},
  });
  await lotes.parseAsync(["complete", "--", ...words], { from: "user" });
}
