import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { startThread } from "@lotes/local/start-thread";
import type { Numbered, Results, Source, Task } from "./thread.ts";

// Handed to a thread at a time.
const SHARE = 10;

export interface RoundOptions extends Source {
  /** Whether to take the digest of each trace. */
  readonly digest: boolean;
  /** Whether to end with the first broken promise. */
  readonly untilBroken: boolean;
}

/** Threads that run schedules, each in a time of its own. */
export class Threads implements AsyncDisposable {
  readonly #workers: readonly Worker[];

  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () =>
      startThread(new URL("./thread.ts", import.meta.url), { execArgv: [] }),
    );
  }

  /** @returns what became of the schedules, in any order */
  async run(schedules: readonly Numbered[], { seed, size, digest, untilBroken }: RoundOptions): Promise<Results[]> {
    const results: Results[] = [];
    const isEnough = () => untilBroken && results.some(({ broken }) => broken.length > 0);
    let next = 0;
    const work = async (worker: Worker) => {
      while (next < schedules.length && !isEnough()) {
        const share = schedules.slice(next, next + SHARE);
        next += SHARE;
        results.push(await ask<Results>(worker, { do: "run", seed, size, schedules: share, digest }));
      }
    };
    await Promise.all(this.#workers.map(work));
    return results;
  }

  /** The trace of one schedule, or the story of the shortest one that breaks the same promise. */
  lines(task: Exclude<Task, { do: "run" }>): Promise<string[]> {
    return ask(this.#workers[0] as Worker, task);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** @throws what ended the thread, if it did not answer */
async function ask<T>(worker: Worker, task: Task): Promise<T> {
  worker.postMessage(task);
  const [answer] = await once(worker, "message");
  return answer;
}
