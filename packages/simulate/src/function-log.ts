import type { HandlerLog, HandlerLogger, PublishedMetrics } from "@lotes/functions/handler-deps";
import type { Simulation } from "./simulation.ts";

/** What a function logs, kept line by line. */
export class FunctionLog implements HandlerLogger, HandlerLog {
  readonly #simulation: Simulation;
  readonly #name: string;
  readonly #keys: Record<string, unknown>;

  constructor(simulation: Simulation, name: string, keys: Record<string, unknown> = {}) {
    this.#simulation = simulation;
    this.#name = name;
    this.#keys = keys;
  }

  createChild({ persistentKeys }: { readonly persistentKeys: Record<string, unknown> }): FunctionLog {
    return new FunctionLog(this.#simulation, this.#name, { ...this.#keys, ...persistentKeys });
  }

  appendKeys(keys: Record<string, unknown>): void {
    Object.assign(this.#keys, keys);
  }

  info(message: string, ...fields: Record<string, unknown>[]): void {
    this.#write("info", message, fields);
  }

  warn(message: string, ...fields: Record<string, unknown>[]): void {
    this.#write("warn", message, fields);
  }

  error(message: string, ...fields: Record<string, unknown>[]): void {
    this.#write("error", message, fields);
  }

  #write(level: string, message: string, fields: Record<string, unknown>[]): void {
    const text = JSON.stringify(Object.assign({}, ...fields), withErrors);
    const keys = JSON.stringify(this.#keys);
    const step = `the ${this.#name} logs: ${message}`;
    this.#simulation.output.push(`${level} ${message} ${keys} ${text}`);
    this.#simulation.count(step);
    this.#simulation.trace(() => `${step} ${text} ${keys}`);
  }
}

/** An error with all that a logger may print of it. */
function withErrors(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { ...value, name: value.name, message: value.message, cause: value.cause };
}

/** Metrics that nobody looks at. */
export const NO_METRICS: PublishedMetrics = {
  add() {},
  addFailed() {},
  publishedAfter: (work) => work(),
};
