import { existsSync } from "node:fs";
// By their own modules, here and in the program: the rest of the packages is loaded by the command that needs it.
import { SettingsError } from "@lotes/core/read-environment";
import { PortInUseError } from "@lotes/local/port-in-use-error";
import { CommanderError } from "commander";
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
  if (error instanceof Error && isOutside(error)) return tell(`${error.name}: ${error.message}`, 1);
  // A bug: whoever reports it needs the stack.
  return tell(error instanceof Error ? (error.stack ?? error.message) : String(error), 1);
}

/** What went wrong is in AWS's answer or in a file of the data lake, and the message says what: a stack would not help. */
function isOutside(error: Error): boolean {
  const files = ["RunFileError", "LedgerError", "LoteFileError"];
  const calls = ["MessagesRefusedError", "CredentialsProviderError"];
  // By their names: their modules are loaded only by the commands that need them.
  return "$metadata" in error || [...files, ...calls].includes(error.name);
}

function tell(message: string, exitCode: number): number {
  process.stderr.write(`lotes: ${message}\n`);
  return exitCode;
}

// The environment wins over the file.
if (existsSync(".env")) process.loadEnvFile(".env");

try {
  await programWithCompletion().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
