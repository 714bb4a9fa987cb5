import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { note } from "./output.ts";
import { UserError } from "./user-error.ts";

export interface BudgetLockOptions {
  /** Where the locks of a user are kept; by default a place that all of the user's processes on this machine share. */
  readonly folder?: string;
  /** Gets the line that says what is waited for. */
  readonly onWait?: (line: string) => void;
}

// How soon the next one notices that the first has ended.
const LOOK_MS = 500;

// SQLite's code for "somebody else has it".
const SQLITE_BUSY = 5;

/**
 * The right to ask one TMDB, which one process of a user has at a time: each of them would otherwise use the whole budget. It is a lock of the
 * operating system's on a file, taken through SQLite, which Node brings along: it ends with its process, however that ends, and a process that is
 * only frozen keeps it.
 */
export class BudgetLock implements Disposable {
  readonly #release: () => void;

  private constructor(release: () => void) {
    this.#release = release;
  }

  /**
   * Waits until nobody else has it, and says so.
   * @param baseUrl of TMDB
   * @throws {UserError} when there is no place for the lock
   */
  static async take(baseUrl: string, options: BudgetLockOptions = {}): Promise<BudgetLock> {
    const { folder = usersFolder(), onWait = note } = options;
    const file = join(folder, createHash("sha256").update(new URL(baseUrl).href).digest("hex").slice(0, 16));
    let told = false;
    for (;;) {
      const release = await tryToLock(file, folder);
      if (release) {
        writeFileSync(holderOf(file), String(process.pid));
        return new BudgetLock(release);
      }
      if (!told) onWait(waitingFor(baseUrl, file));
      told = true;
      await delay(LOOK_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

/** @returns what releases the lock; undefined when somebody else has it */
async function tryToLock(file: string, folder: string): Promise<(() => void) | undefined> {
  const { DatabaseSync } = await import("node:sqlite");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: 0 });
    try {
      database.exec("BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new UserError(
      `${file} can't be locked (${(error as Error).message}): the lock keeps two runs of yours from using TMDB's budget twice; make the folder writable`,
      { cause: error },
    );
  }
}

function waitingFor(baseUrl: string, file: string): string {
  return `Waiting: another lotes of yours (process ${holder(file)}) asks ${baseUrl}, and two at once would exceed its limit. This one begins when that one has ended.`;
}

function holder(file: string): string {
  try {
    return readFileSync(holderOf(file), "utf8");
  } catch {
    // It has just begun.
    return "unknown";
  }
}

function holderOf(file: string): string {
  return `${file}.pid`;
}

/** The same for all processes of a user, whatever their environment says of temporary files. */
function usersFolder(): string {
  const place = process.platform === "win32" ? tmpdir() : "/tmp";
  return join(place, `lotes-${userInfo().uid}`);
}
