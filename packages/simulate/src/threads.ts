import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { startThread } from "@lotes/local/start-thread";
import { type Untaken, untakenInAll } from "./branches.ts";
import type { LinesTask, Results, ScheduleSpec, Series, Task } from "./thread.ts";

// Handed to a thread at a time.
const SHARE = 10;

export interface RoundOptions extends Series {
  /** Whether to take the digest of each trace. */
  readonly digest: boolean;
  /** Whether to end with the first broken promise. */
  readonly untilBroken: boolean;
}

/** Threads that run schedules, each in a time of its own. */
export class Threads implements AsyncDisposable {
  readonly #workers: readonly Worker[];

  /** @param counting whether they count which branches are taken, which takes longer */
  constructor(count: number, counting = false) {
    this.#workers = Array.from({ length: count }, () =>
      counting
        ? // Not as it was compiled the last time: that does not count exactly.
          new Worker(new URL("./counting-thread.ts", import.meta.url), { execArgv: [] })
        : startThread(new URL("./thread.ts", import.meta.url), { execArgv: [] }),
    );
  }

  /** @returns what became of the schedules, in any order */
  async run(schedules: readonly ScheduleSpec[], { seed, size, digest, untilBroken }: RoundOptions): Promise<Results[]> {
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
  lines(task: LinesTask): Promise<string[]> {
    return ask(this.#workers[0] as Worker, task);
  }

  /** The parts of the counted sources that never ran. The threads must have been started to count. */
  async untakenBranches(): Promise<Untaken[]> {
    return untakenInAll(await Promise.all(this.#workers.map((worker) => ask<Untaken[]>(worker, { do: "branches" }))));
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
