import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataDirError, DataDirInUseError } from "./data-dir-error.ts";

// Of two processes that begin at the same instant one must win. The other one waits for so long.
const PATIENCE_MS = 1_000;

// SQLite's own result code.
const SQLITE_BUSY = 5;

/**
 * Keeps other processes from working on a directory. The operating system holds the lock on SQLite's behalf, so that it ends with this
 * process, however that ends: nothing is left to be tidied up, and no process id to be mistaken for another's.
 * @returns gives the directory free
 * @throws {DataDirInUseError} when another process has the lock
 * @throws {DataDirError} when the directory can't be made or written to
 */
export function lockDataDir(dataDir: string): () => void {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true });
    lock = new DatabaseSync(join(dataDir, "lock"), { timeout: PATIENCE_MS });
    // Nothing is ever written to it. The transaction stays open, and with it the lock.
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock?.close();
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) {
      throw new DataDirInUseError(`${dataDir} is in use: another stack works on it`, { cause });
    }
    throw new DataDirError(`${dataDir} can't be used: ${(cause as Error).message}`, { cause });
  }
  const held = lock;
  return () => held.close();
}
