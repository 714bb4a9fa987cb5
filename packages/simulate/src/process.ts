import { AsyncLocalStorage } from "node:async_hooks";
import type { Planned, VirtualTime } from "./virtual-time.ts";

/** Whose code is running. */
export const running = new AsyncLocalStorage<Process>();

export interface ProcessOptions {
  readonly name: string;
  readonly time: VirtualTime;
  /** How far its wall clock is ahead of the true time, at the moment. */
  readonly clockAheadMs: () => number;
  /** What its `Math.random` gives. */
  readonly random: () => number;
}

/** A process, which can stand still at any event, and die at any. */
export class Process {
  readonly name: string;
  readonly clockAheadMs: () => number;
  readonly random: () => number;
  dead = false;
  /** Runs something as the code of this process. `running.run` would make a context anew each time. */
  readonly enter = running.run(this, () => AsyncLocalStorage.snapshot());
  /** Called when it dies. */
  onDeath: () => void = () => {};
  /** What fell due while it was frozen, in order. */
  readonly due: Planned[] = [];
  readonly #time: VirtualTime;
  #frozenAt: number | undefined;
  #frozenMs = 0;

  constructor({ name, time, clockAheadMs, random }: ProcessOptions) {
    this.name = name;
    this.clockAheadMs = clockAheadMs;
    this.random = random;
    this.#time = time;
  }

  get isFrozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  /** How long the process has not been frozen, from some instant on. */
  get awakeMs(): number {
    return (this.#frozenAt ?? this.#time.now) - this.#frozenMs;
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.due.length = 0;
    this.onDeath();
  }

  freeze(): void {
    this.#frozenAt ??= this.#time.now;
  }

  /** What fell due meanwhile happens now, one after the other. */
  thaw(): void {
    if (this.#frozenAt === undefined) return;
    this.#frozenMs += this.#time.now - this.#frozenAt;
    this.#frozenAt = undefined;
    for (const planned of this.due.splice(0)) {
      // It may still be cancelled before that.
      this.#time.after(0, () => planned.happen?.(), this);
    }
  }
}
