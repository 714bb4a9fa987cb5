import type { Worker } from "node:worker_threads";
import type { Call, Reply, Task } from "./thread-messages.ts";

/** Calls into the thread, each settled by its reply or by the thread's end. */
export class ThreadCalls {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #calls = 0;
  #ended = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", ({ call, result }: Reply) => {
      this.#pending.get(call)?.resolve(result);
      this.#pending.delete(call);
    });
    worker.once("exit", () => {
      this.#ended = true;
      for (const { reject } of this.#pending.values()) reject(new StoppedError());
      this.#pending.clear();
    });
  }

  /**
   * @typeParam T what the thread answers to the task
   * @throws {Error} when the thread has ended, or ends before it replies
   */
  async call<T>(task: Task): Promise<T> {
    if (this.#ended) throw new StoppedError();
    const call: Call = { ...task, call: this.#calls++ };
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(call.call, pending);
    this.#worker.postMessage(call);
    return (await pending.promise) as T;
  }
}

/** There is no thread any more to be asked. */
class StoppedError extends Error {
  override readonly name = "StoppedError";
  override readonly message = "the TMDB stand-in has stopped";
}
