// Single modules of the packages are imported here. The rest is loaded by the command that needs it.
import type { Trouble } from "@lotes/core";
import { EditedFileError } from "@lotes/core/files/edited-file-error";
import { SettingsError } from "@lotes/core/read-environment";
import { PortInUseError } from "@lotes/local/port-in-use-error";
import { CommanderError } from "commander";
import { EXIT } from "./exit-code.ts";
import { note, noteLines, printJson } from "./output.ts";
import { outsideError } from "./outside-error.ts";
import { type ErrorCode, UserError } from "./user-error.ts";

/** Why a command failed. */
interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly exitCode: number;
  readonly troubles?: readonly Trouble[];
  /** What a bug report needs beyond the message. */
  readonly calls?: readonly string[];
}

/**
 * Tells why a command failed: people by a line on stderr, and a program that asked for `--json` by a document on stdout too.
 * @param args those of the command; that they can't be understood may be the failure
 * @param advice what else to type
 * @returns the exit code
 */
export function tellFailure(error: unknown, args: readonly string[], advice?: string): number {
  const { code, message: what, exitCode, troubles = [], calls = [] } = failureOf(error);
  const message = advice === undefined ? what : `${what} ${advice}`;
  // Commander has printed its own message.
  if (!(error instanceof CommanderError)) noteLines([`lotes: ${message}`, ...calls]);
  else if (advice !== undefined) note(advice);
  for (const { message: more } of troubles) note(`! ${more}`);
  if (args.includes("--json")) printJson({ error: { code, message }, ...(troubles.length > 0 && { troubles }) });
  return code === "csv_rejected" && args.includes("--strict") ? EXIT.faults : exitCode;
}

/** Why something failed, in one line. */
export function failureLine(error: unknown): string {
  return failureOf(error).message;
}

function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return { code: "wrong_usage", message: error.message.replace(/^error: /, ""), exitCode: EXIT.wrongUsage };
  }
  if (error instanceof UserError) return error;
  if (!(error instanceof Error)) return { code: "bug", message: String(error), exitCode: EXIT.failed };
  const { name, message, stack = "" } = error;
  if (error instanceof SettingsError) return { code: "wrong_setting", message, exitCode: EXIT.wrongUsage };
  if (error instanceof PortInUseError) return { code: "port_in_use", message, exitCode: EXIT.failed };
  const outside = outsideError(error);
  if (outside !== undefined) return { code: codeOf(error), message: outside, exitCode: EXIT.failed };
  const calls = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return { code: "bug", message: `${name}: ${message}`, exitCode: EXIT.failed, calls };
}

function codeOf(error: Error): ErrorCode {
  if (error instanceof EditedFileError) return "unreadable_file";
  // These errors are known by their names, since their modules are loaded only by the commands that need them.
  const isAws = "$metadata" in error || /ProviderError$|^MessagesRefusedError$/.test(error.name);
  return isAws ? "aws" : "outside";
}
