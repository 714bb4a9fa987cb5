import { EventEmitter } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { PassThrough } from "node:stream";
import workerThreads, { type Worker, type WorkerOptions } from "node:worker_threads";
import { FUNCTIONS, type FunctionCode, type FunctionName, type Handler } from "@lotes/bundler/function-code";
import { handleEvent } from "@lotes/local/lambda/handle-event";
import { type EnvironmentData, type Invocation, READY } from "@lotes/local/lambda/protocol";
import { bundledCode } from "./bundle-functions.ts";
import { globalsOf } from "./function-globals.ts";

/** Stands where the thread of an execution environment would. */
class FunctionHere extends EventEmitter {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly #loaded: Promise<Handler>;
  #ended = false;

  constructor(code: FunctionCode, env: Readonly<Record<string, string>>) {
    super();
    this.#loaded = Promise.resolve().then(() =>
      code.load(globalsOf({ env, stdout: this.stdout, stderr: this.stderr })),
    );
    this.#loaded.then(
      () => this.emit("message", READY),
      (error) => this.emit("error", error),
    );
  }

  async postMessage(invocation: Invocation): Promise<void> {
    const answer = await handleEvent(await this.#loaded, structuredClone(invocation));
    if (!this.#ended) this.emit("message", structuredClone(answer));
  }

  /** What is under way goes on, and nobody hears of it: a test of what is killed needs a thread. */
  async terminate(): Promise<number> {
    this.#ended = true;
    this.emit("exit", 1);
    return 1;
  }
}

const SOURCE = /\/packages\/functions\/src\/(\w+)\.ts$/;

function functionOf(data: Partial<EnvironmentData> | undefined): FunctionName | undefined {
  const name = SOURCE.exec(data?.module ?? "")?.[1];
  return FUNCTIONS.find((each) => each === name);
}

let isPatched = false;

/**
 * From now on this process runs the functions of its stacks by itself. A thread of its own for each, which loads it from the sources, takes
 * ten times as much of a processor. A handler that is named to the stack gets a thread as ever, and so does all that is no function.
 * @param folder where the functions' scripts are
 */
export function runFunctionsHere(folder: string): void {
  if (isPatched) return;
  isPatched = true;
  workerThreads.Worker = new Proxy(workerThreads.Worker, {
    construct(thread, args: [file: URL, options?: WorkerOptions]): Worker {
      const [, options] = args;
      const name = functionOf(options?.workerData);
      if (name === undefined) return new thread(...args);
      return new FunctionHere(bundledCode(folder, name), options?.env as Record<string, string>) as unknown as Worker;
    },
  });
  syncBuiltinESMExports();
}
