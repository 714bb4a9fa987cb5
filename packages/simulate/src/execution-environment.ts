import type { FunctionName } from "@lotes/core/topology";
import type { Context } from "aws-lambda";
import type { Process } from "./process.ts";
import type { ServiceCalls } from "./service-calls.ts";
import type { Simulation } from "./simulation.ts";
import type { TmdbConnections } from "./tmdb-connections.ts";

export type Handler = (event: never, context: Context) => Promise<unknown>;

/** How an invocation ended: with an answer, with an error, or with the death of the process. */
export type Ending = { readonly answer: unknown } | { readonly error: unknown } | "died";

export interface EnvironmentOptions {
  readonly name: FunctionName;
  readonly process: Process;
  readonly calls: ServiceCalls;
  readonly connections: TmdbConnections;
  readonly simulation: Simulation;
  /** Loads the function's code, in the process. */
  readonly load: () => Handler;
}

/** One execution environment of a function. */
export class ExecutionEnvironment {
  readonly process: Process;
  readonly #options: EnvironmentOptions;
  readonly #handler: Handler;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.process = options.process;
    this.#handler = options.process.enter(options.load);
  }

  get isHeldUp(): boolean {
    return this.#options.connections.isHeldUp;
  }

  get hasOldToken(): boolean {
    return this.#options.connections.hasOldToken;
  }

  /**
   * Lets the process stand still.
   * @param closed whether its idle connections are closed meanwhile
   */
  freeze(closed: boolean): void {
    this.process.freeze();
    if (closed) this.#options.connections.closeIdle();
  }

  /** Lets it go on: first what fell due meanwhile happens, and then it sees which connections are closed. */
  thaw(): void {
    const { process, connections, simulation } = this.#options;
    process.thaw();
    simulation.time.after(0, () => connections.notice(), process);
  }

  /** @param millis after which it is killed */
  invoke(event: unknown, millis: number, request: string): Promise<Ending> {
    const { process, calls, simulation, name } = this.#options;
    const { time } = simulation;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.thaw();
    calls.beginInvocation();
    const end = time.now + millis;
    const killer = time.after(millis, () => {
      simulation.trace(() => `${process.name} runs out of its time`);
      process.die();
    });
    process.onDeath = () => {
      time.cancel(killer);
      resolve("died");
    };
    const work = () => {
      // Lambda gives the deadline by the wall clock, which may step before it.
      const deadline = end + process.clockAheadMs();
      const left = () => Math.max(0, Math.floor(deadline - time.now - process.clockAheadMs()));
      const context = { functionName: name, awsRequestId: request, getRemainingTimeInMillis: left } as Context;
      const over = (ending: Ending) => {
        if (process.dead) return;
        time.cancel(killer);
        resolve(ending);
      };
      this.#handler(event as never, context).then(
        (answer) => over({ answer }),
        (error: unknown) => over({ error }),
      );
    };
    time.after(0, work, process);
    return promise;
  }
}
