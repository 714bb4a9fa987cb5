// By their own modules, here and in the program: the rest of the packages is loaded by the command that needs it.
import { SettingsError } from "@lotes/core/read-environment";
import { PortInUseError } from "@lotes/local/port-in-use-error";
import { CommanderError } from "commander";
import { note } from "./output.ts";
import { outsideError } from "./outside-error.ts";
import { programWithCompletion } from "./program.ts";
import { UserError } from "./user-error.ts";

const WRONG_USAGE = 2;

/** What the command's end means to the shell, after telling the user what they can do about it. */
function exitCodeOf(error: unknown): number {
  // Commander has printed its help or its complaint by itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (error instanceof UserError) return tell(error.message, error.exitCode);
  if (error instanceof SettingsError) return tell(error.message, WRONG_USAGE);
  if (error instanceof PortInUseError) return tell(error.message, 1);
  const outside = error instanceof Error ? outsideError(error) : undefined;
  if (outside !== undefined) return tell(outside, 1);
  // A bug: whoever reports it needs the stack.
  const [first = "", ...stack] = String(error instanceof Error ? (error.stack ?? error.message) : error).split("\n");
  tell(first, 1);
  for (const line of stack) note(line);
  return 1;
}

function tell(message: string, exitCode: number): number {
  note(`lotes: ${message}`);
  return exitCode;
}

try {
  await programWithCompletion().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
