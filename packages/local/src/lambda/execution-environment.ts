import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Worker } from "node:worker_threads";
import { startThread } from "../start-thread.ts";
import type { EnvironmentData, Invocation, InvocationResult } from "./protocol.ts";

/** The handler threw. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/** The handler ran longer than its function's timeout, and was killed. */
export class TaskTimedOutError extends Error {
  override readonly name = "TaskTimedOutError";
}

/** The environment died under the handler, or before it could be loaded. */
export class RuntimeExitedError extends Error {
  override readonly name = "RuntimeExitedError";
}

/** One execution environment: a module scope of its own in a thread of its own, which handles one event at a time. */
export class ExecutionEnvironment {
  readonly #worker: Worker;
  #alive = true;

  /**
   * @param module URL of the handler's module
   * @param env all of its environment
   * @param onLine gets each line the handler prints
   */
  constructor(module: string, env: Readonly<Record<string, string>>, onLine: (line: string) => void) {
    const workerData: EnvironmentData = { module };
    this.#worker = startThread(new URL("./runtime.ts", import.meta.url), {
      workerData,
      env,
      // The thread gets none of this process's arguments, such as a test runner's loaders.
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    createInterface(this.#worker.stdout).on("line", onLine);
    createInterface(this.#worker.stderr).on("line", onLine);
    this.#worker.once("exit", () => {
      this.#alive = false;
    });
    // The error comes before the exit. Each invocation listens for errors itself. Between two of them nobody does.
    this.#worker.on("error", () => {
      this.#alive = false;
    });
  }

  /**
   * @returns once the handler is loaded. Lambda gives this phase a time of its own, which the function's timeout does not count.
   * @throws {RuntimeExitedError} when it can't be loaded
   */
  async ready(): Promise<void> {
    // A worker ends in one of the two ways, so neither side of the race waits for ever.
    const exited = once(this.#worker, "exit").then(() => {
      throw new RuntimeExitedError("the function exited before its handler was loaded");
    });
    try {
      await Promise.race([once(this.#worker, "message"), exited]);
    } catch (cause) {
      throw cause instanceof RuntimeExitedError
        ? cause
        : new RuntimeExitedError(`the handler could not be loaded: ${(cause as Error).message}`, { cause });
    }
  }

  /** Whether it can take another event. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * @returns what the handler resolved to
   * @throws {FunctionError | TaskTimedOutError | RuntimeExitedError}
   */
  invoke(invocation: Invocation): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      reject(new TaskTimedOutError(`${invocation.functionName} timed out and was killed`));
      void this.stop();
    }, invocation.deadline - Date.now());
    const onMessage = (answer: InvocationResult) => {
      if ("error" in answer) reject(new FunctionError(`${answer.error.name}: ${answer.error.message}`));
      else resolve(answer.result);
    };
    const onError = (cause: Error) =>
      reject(new RuntimeExitedError(`${invocation.functionName} broke down: ${cause.message}`, { cause }));
    const onExit = () => reject(new RuntimeExitedError(`${invocation.functionName} exited without an answer`));

    this.#worker.once("message", onMessage).once("error", onError).once("exit", onExit);
    this.#worker.postMessage(invocation);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#worker.off("message", onMessage).off("error", onError).off("exit", onExit);
    });
  }

  /** Kills it, whatever it is doing. */
  async stop(): Promise<void> {
    this.#alive = false;
    await this.#worker.terminate();
  }
}
