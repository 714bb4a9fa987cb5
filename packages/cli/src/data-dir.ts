import { DataDirError, DataDirInUseError } from "@lotes/local/data-dir-error";
import { COMMAND } from "./command-name.ts";
import { announced, type LocalState } from "./local-state.ts";
import { UserError } from "./user-error.ts";

/**
 * Does something that needs the data directory of the local stack.
 * @throws {UserError} when this directory is another stack's, or can't be used
 */
export async function inDataDir<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataDirInUseError) throw new UserError(inUse(announced()), { cause: error });
    if (error instanceof DataDirError) {
      const message = `${error.message}; start in another directory, or move this one away: then the stack begins empty`;
      throw new UserError(message, { code: "outside", cause: error });
    }
    throw error;
  }
}

function inUse(first: LocalState | undefined): string {
  const which = first ? `pid ${first.pid}, at ${first.url}` : "it is about to start or to end";
  return `a \`${COMMAND} local\` is up in this directory already (${which}): use that one, stop it, or start this one in another directory`;
}
