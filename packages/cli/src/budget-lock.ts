import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DataDirInUseError } from "@lotes/local/data-dir-error";
import { note } from "./output.ts";
import { UserError } from "./user-error.ts";

export interface BudgetLockOptions {
  /** Where the locks of a user are kept; by default a place that all of the user's processes on this machine share. */
  readonly folder?: string;
  /** Gets the line that says what is waited for. */
  readonly onWait?: (line: string) => void;
  /** Ends the waiting; its reason is thrown. */
  readonly signal?: AbortSignal;
}

// Each try waits for a second by itself. This comes on top.
const LOOK_MS = 250;

/**
 * Waits until no other process of this user on this machine asks that TMDB, and says so: each of the two would use the whole budget.
 * @param baseUrl of TMDB
 * @returns lets the next one begin. The end of the process does the same, however it ends; a process that is only frozen keeps its right.
 * @throws {UserError} when there is no place for the lock
 */
export async function takeBudget(baseUrl: string, options: BudgetLockOptions = {}): Promise<() => void> {
  const { folder = usersFolder(), onWait = note, signal } = options;
  const place = join(folder, createHash("sha256").update(new URL(baseUrl).href).digest("hex").slice(0, 16));
  let told = false;
  for (;;) {
    const release = await tryToLock(place);
    if (release) {
      writeFileSync(holderFile(place), String(process.pid));
      return release;
    }
    if (!told) {
      onWait(
        `Waiting: another lotes of yours (process ${holder(place)}) asks ${baseUrl}, and two at once would exceed its limit. This one begins when that one has ended.`,
      );
    }
    told = true;
    await delay(LOOK_MS, undefined, { ...(signal && { signal }) }).catch(() => signal?.throwIfAborted());
  }
}

/** @returns what releases the lock; undefined when somebody else has it */
async function tryToLock(place: string): Promise<(() => void) | undefined> {
  const { lockDataDir } = await import("@lotes/local/data-dir-lock");
  try {
    return lockDataDir(place);
  } catch (cause) {
    if (cause instanceof DataDirInUseError) return undefined;
    throw new UserError(
      `${(cause as Error).message}; there a lock keeps two runs of yours from using TMDB's budget twice: make it writable, or remove it while none is at work`,
      { code: "outside", cause },
    );
  }
}

function holder(place: string): string {
  try {
    return readFileSync(holderFile(place), "utf8");
  } catch {
    // It has just begun.
    return "unknown";
  }
}

function holderFile(place: string): string {
  return join(place, "pid");
}

/** The same for all processes of a user, whatever their environment says of temporary files. */
function usersFolder(): string {
  return join(process.platform === "win32" ? tmpdir() : "/tmp", `lotes-${userInfo().uid}`);
}
