import { randomUUID } from "node:crypto";
import { ExecutionEnvironment } from "./execution-environment.ts";

export interface FunctionOptions {
  readonly name: string;
  /** URL of the module that exports `handler`. */
  readonly module: string;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  /** Gets each line the handler prints. */
  readonly onLine: (line: string) => void;
  /** Told how many milliseconds each invocation took, the start of a new environment among them: what Lambda bills. */
  readonly onBilled?: ((ms: number) => void) | undefined;
  /** Told when the handler can't be loaded, and never could: another try would come to the same end. */
  readonly onUnloadable?: ((error: Error) => void) | undefined;
  /** Which environment handles the next event, where that matters; by default the one used last, and a new one only if none is idle. */
  readonly choose?: ChooseEnvironment | undefined;
}

/**
 * Lambda's choice: which of the idle environments handles an event, counted from 0, the one idle longest; anything else is a new one.
 * @param idle how many are idle; all of them, besides, may be more than ever run at once
 */
export type ChooseEnvironment = (idle: number, all: number) => number;

const USED_LAST: ChooseEnvironment = (idle) => idle - 1;

/** What an event source needs of a function. */
export type Invoked = Pick<LambdaFunction, "invoke">;

/**
 * A function as Lambda runs it: an invocation gets a warm execution environment if one is idle, else a new one. How many run at once
 * is decided by whoever invokes.
 */
export class LambdaFunction {
  readonly #options: FunctionOptions;
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #all = new Set<ExecutionEnvironment>();
  #wasLoaded = false;

  constructor(options: FunctionOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /**
   * @returns what the handler resolved to
   * @throws {FunctionError | TaskTimedOutError | RuntimeExitedError}
   */
  async invoke(event: unknown): Promise<unknown> {
    const { name, timeoutMs } = this.#options;
    const began = performance.now();
    const environment = this.#warm() ?? (await this.#start());
    try {
      return await environment.invoke({
        requestId: randomUUID(),
        functionName: name,
        event,
        deadline: Date.now() + timeoutMs,
      });
    } finally {
      this.#options.onBilled?.(performance.now() - began);
      if (environment.alive) this.#idle.push(environment);
      else this.#all.delete(environment);
    }
  }

  /** Kills every environment, and what runs in it. */
  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((environment) => environment.stop()));
  }

  /** An idle environment, unless it died since its last event. */
  #warm(): ExecutionEnvironment | undefined {
    const { choose = USED_LAST } = this.#options;
    for (;;) {
      const chosen = choose(this.#idle.length, this.#all.size);
      const [environment] = this.#idle[chosen] ? this.#idle.splice(chosen, 1) : [];
      if (environment === undefined || environment.alive) return environment;
      this.#all.delete(environment);
    }
  }

  async #start(): Promise<ExecutionEnvironment> {
    const { module, env, onLine, onUnloadable } = this.#options;
    const environment = new ExecutionEnvironment(module, env, onLine);
    this.#all.add(environment);
    try {
      await environment.ready();
      this.#wasLoaded = true;
    } catch (error) {
      this.#all.delete(environment);
      if (!this.#wasLoaded) onUnloadable?.(error as Error);
      throw error;
    }
    return environment;
  }
}
