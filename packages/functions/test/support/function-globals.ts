import { PassThrough } from "node:stream";
import type { TimerOptions } from "node:timers";
import timersPromises from "node:timers/promises";
import { type Globals, requireBuiltin } from "@lotes/bundler/function-code";

export interface FunctionProcess {
  readonly env: Readonly<Record<string, string>>;
  readonly stdout?: PassThrough;
  readonly stderr?: PassThrough;
}

/** What a function that runs in this process has to itself. What it still waits for does not keep the process alive. */
export function globalsOf({ env, stdout = new PassThrough(), stderr = stdout }: FunctionProcess): Globals {
  const own = Object.create(process, {
    env: { value: { ...env } },
    stdout: { value: stdout },
    stderr: { value: stderr },
  }) as NodeJS.Process;
  const modules: Record<string, unknown> = { process: own, "timers/promises": idleTimersPromises };
  return {
    ...idleTimers,
    process: own,
    globalThis: Object.create(globalThis, { process: { value: own }, ...NO_LINKS }),
    require: (name) => modules[name.replace(/^node:/, "")] ?? requireBuiltin(name),
    setImmediate,
    clearTimeout,
    clearInterval,
    Date,
  };
}

/** Where SST keeps the links that it has read: those of this process are none of the function's. */
export const NO_LINKS = {
  __SST_RESOURCE_RAW__: { value: undefined, writable: true },
  __SST_RESOURCE_ENVIRONMENT__: { value: undefined, writable: true },
};

const idleTimers = {
  setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref(),
  setInterval: (...args: Parameters<typeof setInterval>) => setInterval(...args).unref(),
} as Pick<Globals, "setTimeout" | "setInterval">;
const idleTimersPromises = {
  ...timersPromises,
  setTimeout: <T>(ms: number, value?: T, options?: TimerOptions) =>
    timersPromises.setTimeout(ms, value, { ...options, ref: false }),
};
