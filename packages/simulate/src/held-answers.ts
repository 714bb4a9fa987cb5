import type { Process } from "./process.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a held answer waits for. */
export interface Others {
  /** So many calls of other processes. */
  readonly calls: number;
  /** Which calls count: all of them, or those that write to S3. */
  readonly which: "calls" | "writes";
}

interface Held extends Others {
  readonly owner: Process;
  /** So many are still waited for. */
  calls: number;
  readonly release: () => void;
}

// Less than the time that a call has.
const LONGEST_MS = 2_000;

/** Answers that come only when other processes have made calls: between two looks of one process others have looked, and written. */
export class HeldAnswers {
  readonly #time: VirtualTime;
  readonly #held = new Set<Held>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /**
   * Holds an answer for its owner until so many calls of others were done, or for two seconds.
   * @param release called once
   */
  hold(owner: Process, others: Others, release: () => void): void {
    const held = { owner, ...others, release };
    this.#held.add(held);
    this.#time.after(LONGEST_MS, () => this.#release(held));
  }

  /** A service has done a call of a process. */
  passed(process: Process, isWrite: boolean): void {
    for (const held of this.#held) {
      if (held.owner === process || (held.which === "writes" && !isWrite)) continue;
      if (--held.calls === 0) this.#release(held);
    }
  }

  #release(held: Held): void {
    if (this.#held.delete(held)) held.release();
  }
}
