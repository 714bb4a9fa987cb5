import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { endWithThis } from "../servers/programs.ts";

const LOTES = fileURLToPath(new URL("../../../cli/bin/lotes.cjs", import.meta.url));
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
// The longest waits until a run has settled.
const PATIENCE_MS = 600_000;

/** `lotes` could not do what it was to do. */
export class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";
}

/**
 * Calls `lotes … --json`, as from `sst shell`.
 * @param env all of its environment but PATH
 * @returns the document that it prints
 * @throws {CommandFailedError} with what it said
 */
export async function lotes(args: readonly string[], env: Readonly<Record<string, string>>): Promise<unknown> {
  const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: MOST_OUTPUT_BYTES, timeout: PATIENCE_MS };
  try {
    const command = promisify(execFile)(process.execPath, [LOTES, ...args, "--json"], options);
    endWithThis(command.child);
    const { stdout } = await command;
    return JSON.parse(stdout);
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    const said = stderr.trim().split("\n").at(-1) || message;
    throw new CommandFailedError(`lotes ${args[0]}: ${said}`, { cause });
  }
}
