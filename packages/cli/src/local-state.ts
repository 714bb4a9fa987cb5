import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { systemReason } from "./system-error.ts";
import { UserError } from "./user-error.ts";

/** Where `lotes local` keeps everything, and says where it listens; relative to where the commands are run. */
export const LOCAL_DATA_DIR = ".lotes/local";
export const LOCAL_STATE_FILE = ".lotes/local.json";
export const LOCAL_LOG_FILE = ".lotes/local.log";

export interface LocalState {
  readonly url: string;
  /** Of the process that keeps the stack up. */
  readonly pid: number;
}

/**
 * Says where the local stack listens, for the commands in other terminals. Only who has the data directory's lock may say so, and takes
 * it back by disposing of what is returned.
 * @throws {UserError} when the file can't be written
 */
export function announce(state: LocalState): Disposable {
  // A reader sees the whole file or none.
  const half = `${LOCAL_STATE_FILE}.new`;
  try {
    writeFileSync(half, JSON.stringify(state));
    renameSync(half, LOCAL_STATE_FILE);
  } catch (cause) {
    rmSync(half, { force: true });
    throw new UserError(
      `${LOCAL_STATE_FILE} can't be written: ${systemReason(cause)}; without it the other commands can't find the stack`,
      { cause },
    );
  }
  return { [Symbol.dispose]: () => rmSync(LOCAL_STATE_FILE, { force: true }) };
}

/** What the last stack of this directory has said of itself, whether it is up or not; undefined when it has said nothing. */
export function announced(): LocalState | undefined {
  try {
    return JSON.parse(readFileSync(LOCAL_STATE_FILE, "utf8"));
  } catch {
    return undefined;
  }
}

/** What a stack of this directory has said of itself whose process is there still: another stack may have its port by now. */
export function announcedAndAlive(): LocalState | undefined {
  const state = announced();
  return state && (state.pid === undefined || isAlive(state.pid)) ? state : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process can't be signalled, and is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
