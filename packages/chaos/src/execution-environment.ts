import type http from "node:http";
import type { IncomingMessage } from "node:http";
import { Writable } from "node:stream";
import {
  type FunctionCode,
  type FunctionName,
  type Globals,
  type Handler,
  requireBuiltin,
} from "@lotes/bundler/function-code";
import type { Attempt } from "@lotes/schedules/evidence";
import { Connections } from "./connections.ts";
import type { Disturbances } from "./disturbances.ts";
import { type Call, type Fault, Faults, type Troubles } from "./faults.ts";
import { type NetworkedProcess, networkOf, type Ports } from "./network.ts";
import { ProcessTime } from "./process-time.ts";

const LONG_PAUSE_MS = 60_000;

/** The process died in the middle of an invocation. */
export class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

export interface EnvironmentOptions {
  readonly name: FunctionName;
  readonly code: FunctionCode;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: Ports;
  readonly troubles: Troubles;
  readonly disturbances: Disturbances;
  /** How far the wall clock is ahead of the true time, at the moment. */
  readonly clockAheadMs: () => number;
  /** Called when messages are on their way to a queue. */
  readonly onSent: () => void;
  readonly onAttempt: (attempt: Attempt) => void;
  /** Called with what the function prints. */
  readonly onOutput: (text: string) => void;
}

/** One execution environment of a function. It can be frozen at any time, and die at any of its calls. */
export class ExecutionEnvironment implements NetworkedProcess {
  readonly #options: EnvironmentOptions;
  readonly connections = new Connections();
  readonly time: ProcessTime;
  readonly #handler: Handler;
  #faults: Faults | undefined;
  #dead = false;
  #heldUp = false;
  #death = Promise.withResolvers<never>();

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.time = new ProcessTime(options.clockAheadMs);
    // A death between two invocations has nobody who awaits it, and must not end the thread as an unhandled rejection.
    this.#death.promise.catch(() => {});
    this.#handler = options.code.load(this.#globals(networkOf(this, options.ports, this.connections)));
  }

  /** Whether TMDB has asked the process for a pause that is longer than any function's time. */
  get heldUp(): boolean {
    return this.#heldUp;
  }

  get dead(): boolean {
    return this.#dead;
  }

  die(): void {
    this.#dead = true;
    this.time.end();
    this.#death.reject(new ProcessDied(`the ${this.#options.name} died`));
  }

  faultOf(call: Call): Fault | undefined {
    if (call.batch) this.#options.onSent();
    return this.#options.disturbances.faultOf(call) ?? this.#faults?.next(call);
  }

  awake<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
    return this.time.awake(callback);
  }

  asks(path: string) {
    const id = /\/movie\/([^/?]+)/.exec(path)?.[1] ?? "";
    const began = this.time.awakeMs;
    let reset = false;
    return {
      onReset: () => {
        reset = true;
      },
      onAnswer: ({ headers }: IncomingMessage) => {
        if (Number(headers["retry-after"]) * 1_000 >= LONG_PAUSE_MS) this.#heldUp = true;
      },
      onEnd: () => {
        if (!this.#dead) this.#options.onAttempt({ id, ms: this.time.awakeMs - began, reset });
      },
    };
  }

  /**
   * Lets the process stand still.
   * @param closed whether its idle connections are closed meanwhile
   */
  freeze(closed: boolean): void {
    this.time.freeze();
    if (closed) this.connections.closeIdle();
  }

  /** Lets it go on: first what fell due meanwhile happens, and then it sees which connections are closed. */
  thaw(): void {
    this.time.thaw();
    setImmediate(() => this.connections.notice());
  }

  /**
   * @param millis after which it is killed
   * @param seed of the faults of its calls
   * @throws {ProcessDied}
   */
  async invoke(event: unknown, millis: number, seed: number): Promise<unknown> {
    this.#faults = new Faults(seed, this.#options.troubles);
    this.thaw();
    // Lambda tells it by the wall clock.
    const deadline = this.time.Date.now() + millis;
    const killer = setTimeout(() => this.die(), millis);
    const context = {
      functionName: this.#options.name,
      awsRequestId: `request-${seed}`,
      getRemainingTimeInMillis: () => Math.max(0, deadline - this.time.Date.now()),
    };
    try {
      return await Promise.race([this.#handler(event, context), this.#death.promise]);
    } finally {
      clearTimeout(killer);
    }
  }

  #globals(network: typeof http): Globals {
    const { env, onOutput } = this.#options;
    const output = new Writable({
      write(chunk, _, done) {
        onOutput(String(chunk));
        done();
      },
    });
    const own = Object.create(process, {
      env: { value: { ...env } },
      stdout: { value: output },
      stderr: { value: output },
    }) as NodeJS.Process;
    const { timers, timersPromises } = this.time;
    const modules: Record<string, unknown> = { http: network, process: own, "timers/promises": timersPromises };
    return {
      ...timers,
      Date: this.time.Date,
      process: own,
      globalThis: Object.create(globalThis, { process: { value: own } }),
      require: (name) => modules[name.replace(/^node:/, "")] ?? requireBuiltin(name),
    };
  }
}
