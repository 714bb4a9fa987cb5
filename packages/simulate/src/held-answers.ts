import type { Process } from "./process.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What a held answer waits for. */
export interface Others {
  /** So many calls of other processes. */
  readonly calls: number;
  /**
   * Which calls count: all of them, those that write to S3, or those that write, or read, what the held answer is about. `misses` waits for the calls
   * of one that writes what the owner has read, and then reads what the owner is about to write: neither of the two has seen the other. `rivals` waits
   * until another one is about to write the same object.
   */
  readonly which: "calls" | "writes" | "changes" | "looks" | "misses" | "rivals";
}

/** A call that a service has done, or what else is held. */
export interface DoneCall {
  /** Whose it is; undefined where something else than an answer is held. */
  readonly process?: Process;
  readonly isWrite: boolean;
  /** The key that it reads or writes, or the beginning of those that it lists; undefined where it has nothing to do with S3. */
  readonly key?: string | undefined;
}

/** What is held of a process. */
export type HeldCall = Pick<DoneCall, "process" | "key"> & {
  /** The keys that its invocation has read. */
  readonly read?: ReadonlySet<string>;
};

interface Held extends Others {
  readonly owner: Process | undefined;
  readonly key: string | undefined;
  /** How many it still waits for. */
  calls: number;
  readonly read: ReadonlySet<string>;
  /** Who has written what the owner had read. */
  readonly writers: Set<Process>;
  readonly release: (areDone: boolean) => void;
}

// Less than the time that a call has.
const LONGEST_MS = 2_000;
// So long does somebody wait who acts from the outside.
const LONGEST_WAIT_MS = 10_000;
/** Nothing is on its way for longer. */
export const LONGEST_MISS_MS = 4_000;

/** How long a write waits for others. A process that is killed meanwhile does nothing more that could meet somebody. */
export function longestHoldOf({ which }: Others, functionMs: number): number {
  return which === "rivals" ? functionMs / 1.5 : Math.min(LONGEST_MISS_MS, functionMs / 2);
}

/** Answers that come only when other processes have made calls, so that these fall between two steps of one process. */
export class HeldAnswers {
  readonly #time: VirtualTime;
  readonly #held = new Set<Held>();

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /**
   * Holds an answer until so many calls of others were done, or for so long.
   * @param release called once, with whether they were done
   */
  hold(
    { process: owner, key, read }: HeldCall,
    others: Others,
    release: (areDone: boolean) => void,
    longestMs = LONGEST_MS,
  ): void {
    const held = { owner, key, ...others, read: new Set(read), writers: new Set<Process>(), release };
    this.#held.add(held);
    this.#time.after(longestMs, () => this.#release(held, false));
  }

  /** Whether a process waits for a rival. */
  get awaitsRival(): boolean {
    for (const { which, owner } of this.#held) if (which === "rivals" && owner !== undefined) return true;
    return false;
  }

  /** Waits until so many writes of an object were made, or of those whose keys begin so; but not for long. */
  async writes(key: string, calls: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hold({ key }, { which: "changes", calls }, () => resolve(), LONGEST_WAIT_MS);
    await promise;
  }

  /** Waits until somebody is about to write an object whose key begins so; but not for long. */
  async beginning(key: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hold({ key }, { which: "rivals", calls: 1 }, () => resolve(), LONGEST_WAIT_MS);
    await promise;
  }

  /**
   * A process begins a call.
   * @returns the same call
   */
  begun(call: DoneCall): DoneCall {
    for (const held of call.isWrite ? this.#held : [])
      if (held.which === "rivals" && isAbout(held, call.key) && held.owner !== call.process) this.#release(held, true);
    return call;
  }

  /**
   * A service has done a call.
   * @returns whether somebody has waited for a look at just this object
   */
  passed(call: DoneCall): boolean {
    let isAwaited = false;
    for (const held of this.#held) {
      if (!counts(call, held) || --held.calls > 0) continue;
      this.#release(held, true);
      isAwaited ||= held.which === "looks";
    }
    return isAwaited;
  }

  #release(held: Held, areDone: boolean): void {
    if (this.#held.delete(held)) held.release(areDone);
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
    case "rivals":
      return false;
    case "misses":
      if (process === undefined || key === undefined) return false;
      // Who lists what begins so has looked whether the object is there.
      if (!isWrite) return held.writers.has(process) && held.key?.startsWith(key) === true;
      if (key !== held.key && held.read.has(key)) held.writers.add(process);
      return false;
  }
}

function isAbout(held: Held, key: string | undefined): boolean {
  return held.key !== undefined && key?.startsWith(held.key) === true;
}
