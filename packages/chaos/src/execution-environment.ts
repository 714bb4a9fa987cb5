import type http from "node:http";
import type { Socket } from "node:net";
import { Writable } from "node:stream";
import timersPromises from "node:timers/promises";
import {
  type FunctionCode,
  type FunctionName,
  type Globals,
  type Handler,
  requireBuiltin,
} from "@lotes/bundler/function-code";
import type { Disturbances } from "./disturbances.ts";
import { type Call, type Fate, Fates, type Troubles } from "./fates.ts";
import { type Mortal, networkOf, type Ports } from "./network.ts";

/** The process died in the middle of an invocation. */
export class Died extends Error {
  override readonly name = "Died";
}

export interface EnvironmentOptions {
  readonly name: FunctionName;
  readonly code: FunctionCode;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: Ports;
  readonly troubles: Troubles;
  readonly disturbances: Disturbances;
  /** Told when messages are on their way to a queue. */
  readonly onSent: () => void;
  /** Gets what the function prints. */
  readonly onOutput: (text: string) => void;
  /** Open connections, for whoever cleans up. */
  readonly sockets: Set<Socket>;
}

/** One execution environment of a function, which can die at any of its calls, as a process dies. */
export class ExecutionEnvironment implements Mortal {
  readonly #name: FunctionName;
  readonly #troubles: Troubles;
  readonly #disturbances: Disturbances;
  readonly #onSent: () => void;
  readonly #handler: Handler;
  #fates: Fates | undefined;
  #dead = false;
  #death = Promise.withResolvers<never>();

  constructor({ name, code, env, ports, troubles, disturbances, onSent, onOutput, sockets }: EnvironmentOptions) {
    this.#name = name;
    this.#troubles = troubles;
    this.#disturbances = disturbances;
    this.#onSent = onSent;
    // Death between two invocations is nobody's news.
    this.#death.promise.catch(() => {});
    this.#handler = code.load(this.#globals(env, networkOf(this, ports, sockets), onOutput));
  }

  get dead(): boolean {
    return this.#dead;
  }

  die(): void {
    this.#dead = true;
    this.#death.reject(new Died(`the ${this.#name} died`));
  }

  fateOf(call: Call): Fate {
    if (call.batch) this.#onSent();
    return this.#disturbances.fateOf(call) ?? this.#fates?.next(call) ?? { kind: "done" };
  }

  /**
   * @param millis after which it is killed
   * @param seed of the fates of its calls
   * @throws {Died}
   */
  async invoke(event: unknown, millis: number, seed: number): Promise<unknown> {
    this.#fates = new Fates(seed, this.#troubles);
    const deadline = Date.now() + millis;
    const killer = setTimeout(() => this.die(), millis);
    const context = {
      functionName: this.#name,
      awsRequestId: `request-${seed}`,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    try {
      return await Promise.race([this.#handler(event, context), this.#death.promise]);
    } finally {
      clearTimeout(killer);
    }
  }

  #globals(env: Readonly<Record<string, string>>, network: typeof http, onOutput: (text: string) => void): Globals {
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
    /** A timer of a dead process never goes off. */
    const living =
      <A extends unknown[]>(callback: (...args: A) => void) =>
      (...args: A) => {
        if (!this.#dead) callback(...args);
      };
    const timers = {
      setTimeout: (callback: () => void, ...rest: [number?]) => setTimeout(living(callback), ...rest),
      setInterval: (callback: () => void, ...rest: [number?]) => setInterval(living(callback), ...rest),
      setImmediate: (callback: () => void) => setImmediate(living(callback)),
    } as unknown as Pick<Globals, "setTimeout" | "setInterval" | "setImmediate">;
    const modules: Record<string, unknown> = {
      http: network,
      process: own,
      "timers/promises": {
        ...timersPromises,
        setTimeout: (ms: number, value: unknown) =>
          new Promise((resolve) => timers.setTimeout(() => resolve(value), ms)),
      },
    };
    return {
      ...timers,
      process: own,
      globalThis: Object.create(globalThis, { process: { value: own } }),
      require: (name) => modules[name.replace(/^node:/, "")] ?? requireBuiltin(name),
    };
  }
}
