import type { Process } from "./process.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a held answer waits for. */
export interface Others {
  /** So many calls of other processes. */
  readonly calls: number;
  /** Which calls count: all of them, those that write to S3, or those that write, or read, what the held answer is about. */
  readonly which: "calls" | "writes" | "changes" | "looks";
}

/** A call that a service has done, or what else is held. */
export interface DoneCall {
  /** Whose it is; undefined where something else than an answer is held. */
  readonly process?: Process;
  readonly isWrite: boolean;
  /** The key that it reads or writes, or the beginning of those that it lists; undefined where it has nothing to do with S3. */
  readonly key?: string | undefined;
}

interface Held extends Others {
  readonly owner: Process | undefined;
  readonly key: string | undefined;
  /** How many it still waits for. */
  calls: number;
  readonly release: () => void;
}

// Less than the time that a call has.
const LONGEST_MS = 2_000;

/** Answers that come only when other processes have made calls, so that these fall between two steps of one process. */
export class HeldAnswers {
  readonly #time: VirtualTime;
  readonly #held = new Set<Held>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /**
   * Holds an answer until so many calls of others were done, or for so long.
   * @param release called once
   */
  hold({ process: owner, key }: DoneCall, others: Others, release: () => void, longestMs = LONGEST_MS): void {
    const held = { owner, key, ...others, release };
    this.#held.add(held);
    this.#time.after(longestMs, () => this.#release(held));
  }

  /** A service has done a call. */
  passed(call: DoneCall): void {
    for (const held of this.#held) if (counts(call, held) && --held.calls === 0) this.#release(held);
  }

  #release(held: Held): void {
    if (this.#held.delete(held)) held.release();
  }
}

function counts({ process, isWrite, key }: DoneCall, held: Held): boolean {
  if (held.owner !== undefined && held.owner === process) return false;
  switch (held.which) {
    case "calls":
      return true;
    case "writes":
      return isWrite;
    case "changes":
      return isWrite && isAbout(held, key);
    case "looks":
      return !isWrite && isAbout(held, key);
  }
}

function isAbout(held: Held, key: string | undefined): boolean {
  return held.key !== undefined && key?.startsWith(held.key) === true;
}
