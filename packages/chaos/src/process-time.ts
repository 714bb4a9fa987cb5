import timersPromises from "node:timers/promises";
import type { Globals } from "@lotes/bundler/function-code";
import { stalledSoFarMs } from "./stalls.ts";

type Callback = (...args: unknown[]) => void;

/** The time of one process: timers that stand still while it is frozen and end with it, and a wall clock that may step. */
export class ProcessTime {
  readonly Date: DateConstructor;
  readonly #runningMs: () => number;
  #frozenAt: number | undefined;
  #frozenMs = 0;
  #ended = false;
  /** What fell due while the process was frozen, in order. */
  readonly #due = new Map<object, () => void>();
  readonly #running = new Set<NodeJS.Timeout>();

  /**
   * @param aheadMs how far the wall clock is ahead of the true time, at this moment
   * @param runningMs how long the process had a processor, from some instant on
   */
  constructor(aheadMs: () => number, runningMs = timeWithProcessorMs) {
    this.#runningMs = runningMs;
    this.Date = clockThatIs(aheadMs);
  }

  /** How long the process was neither frozen nor without a processor, from some instant on. */
  get awakeMs(): number {
    return (this.#frozenAt ?? this.#runningMs()) - this.#frozenMs;
  }

  freeze(): void {
    this.#frozenAt ??= this.#runningMs();
  }

  /** What fell due meanwhile happens now, one after the other, as when a stopped process goes on. */
  thaw(): void {
    if (this.#frozenAt === undefined) return;
    this.#frozenMs += this.#runningMs() - this.#frozenAt;
    this.#frozenAt = undefined;
    for (const [timer, callback] of this.#due) {
      setImmediate(() => {
        if (this.#due.delete(timer)) this.#happen(timer, callback);
      });
    }
  }

  /** No timer of a dead process goes off, nor keeps anything in memory until it would have. */
  end(): void {
    this.#ended = true;
    this.#due.clear();
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }

  /** Wraps a callback from the outside: the process gets it when it is awake. */
  awake<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
    return (...args) => this.#happen({}, () => callback(...args));
  }

  /** The timers, as globals and as modules. */
  readonly timers = {
    setTimeout: (callback: Callback, ms?: number, ...args: unknown[]) => {
      const timer = setTimeout(() => {
        this.#running.delete(timer);
        this.#happen(timer, () => callback(...args));
      }, ms);
      this.#running.add(timer);
      return timer;
    },
    setInterval: (callback: Callback, ms?: number, ...args: unknown[]) => {
      const timer = setInterval(() => this.#happen(timer, () => callback(...args)), ms);
      this.#running.add(timer);
      return timer;
    },
    setImmediate: (callback: Callback, ...args: unknown[]) => setImmediate(this.awake(() => callback(...args))),
    clearTimeout: (timer: NodeJS.Timeout) => this.#cleared(timer),
    clearInterval: (timer: NodeJS.Timeout) => this.#cleared(timer),
  } as unknown as Pick<Globals, "setTimeout" | "setInterval" | "setImmediate" | "clearTimeout" | "clearInterval">;
  readonly timersPromises = {
    ...timersPromises,
    setTimeout: (ms: number, value: unknown) =>
      new Promise((resolve) => this.timers.setTimeout(() => resolve(value), ms)),
  };

  #cleared(timer: NodeJS.Timeout | undefined): void {
    clearTimeout(timer);
    if (timer === undefined) return;
    this.#running.delete(timer);
    this.#due.delete(timer);
  }

  #happen(cause: object, callback: () => void): void {
    if (this.#ended) return;
    if (this.#frozenAt !== undefined) this.#due.set(cause, callback);
    else callback();
  }
}

function timeWithProcessorMs(): number {
  return performance.now() - stalledSoFarMs();
}

/** `Date` by a wall clock that is so far ahead of the true time. */
function clockThatIs(aheadMs: () => number): DateConstructor {
  class SteppingDate extends Date {
    constructor(...given: [] | [string | number | Date]) {
      // As many as are given: a Date of undefined is invalid.
      if (given.length === 0) super(SteppingDate.now());
      else super(...(given as [string]));
    }

    static override now(): number {
      return Date.now() + Math.round(aheadMs());
    }

    // Node makes the true ones.
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Date;
    }
  }
  return SteppingDate as unknown as DateConstructor;
}
