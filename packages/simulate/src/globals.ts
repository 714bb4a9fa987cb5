/**
 * Puts virtual time and a seeded chance in the place of the thread's own. To be imported before anything of the product: what that keeps of
 * the globals when it is loaded must be these.
 */
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { running } from "./process.ts";
import "./true-turn.ts";
import type { Planned, VirtualTime } from "./virtual-time.ts";

// 2026-11-23T00:00:00Z, at the beginning of each schedule.
export const EPOCH_MS = Date.UTC(2026, 10, 23);
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

let current: VirtualTime | undefined;
let randomOutside = Math.random;

/**
 * Whatever runs in this thread from now on lives in this time.
 * @param random what `Math.random` gives outside of all processes, as to an operator
 */
export function liveIn(time: VirtualTime, random: () => number): void {
  current = time;
  randomOutside = random;
}

function time(): VirtualTime {
  if (current === undefined) throw new Error("there is no virtual time yet");
  return current;
}

/** A timer as Node gives it. */
class Timer {
  planned: Planned | undefined;

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

/** Node counts whole milliseconds from the beginning of its turn, so a timer may go off by a part of one too early. */
function dueIn(ms: unknown): number {
  const given = Number(ms);
  return Math.floor(time().now) + (given >= 1 && given <= LONGEST_TIMEOUT_MS ? Math.trunc(given) : 1);
}

function setTimeout(callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): Timer {
  const timer = new Timer();
  timer.planned = time().at(dueIn(ms), () => callback(...args), running.getStore());
  return timer;
}

function setInterval(callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): Timer {
  const timer = new Timer();
  const again = () => {
    timer.planned = time().at(dueIn(ms), again, running.getStore());
    callback(...args);
  };
  timer.planned = time().at(dueIn(ms), again, running.getStore());
  return timer;
}

function setImmediate(callback: (...args: unknown[]) => void, ...args: unknown[]): Timer {
  const timer = new Timer();
  timer.planned = time().after(0, () => callback(...args), running.getStore());
  return timer;
}

function clear(timer: Timer | undefined): void {
  if (timer?.planned) time().cancel(timer.planned);
}

function delay<T>(ms?: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clear(timer);
      reject(Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR" }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stopped);
      resolve(value);
    }, ms);
    if (signal?.aborted) stopped();
    else signal?.addEventListener("abort", stopped, { once: true });
  });
}

class VirtualDate extends Date {
  constructor(...given: [] | [string | number | Date]) {
    // As many as are given: a Date of undefined is invalid. To spread them takes longer than all else.
    if (given.length === 0) super(VirtualDate.now());
    else if (given.length === 1) super(given[0]);
    else super(...(given as [string]));
  }

  static override now(): number {
    const ahead = running.getStore()?.clockAheadMs() ?? 0;
    return Math.floor(EPOCH_MS + (current?.now ?? 0) + ahead);
  }
}

const replaced = {
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout: clear,
  clearInterval: clear,
  clearImmediate: clear,
};
Object.assign(globalThis, replaced, { Date: VirtualDate });
Object.assign(timers, replaced);
Object.assign(timersPromises, { setTimeout: delay, setImmediate: (value: unknown) => delay(0, value) });
syncBuiltinESMExports();
// Powertools reads variables for each batch, and one of the environment itself takes a hundred times as long.
process.env = { ...process.env };
performance.now = () => current?.now ?? 0;
Math.random = () => (running.getStore()?.random ?? randomOutside)();
AbortSignal.timeout = (ms) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms);
  return controller.signal;
};
