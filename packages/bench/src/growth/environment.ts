import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FunctionLimits } from "@lotes/core";

interface Answer {
  readonly result: unknown;
  readonly cpuSeconds: number;
  readonly peakMib: number;
}

// What Node gives itself in a memory cgroup of up to 512 MB, as measured. On a large machine V8 would collect later.
const SMALL_MB = 512;
const SMALL_HEAP = ["--max-old-space-size=256", "--max-semi-space-size=1"];

/** One execution environment of a function as deployed, in a process of its own, so that its memory is nobody else's. */
export class Environment {
  readonly #process: ChildProcess;
  readonly #timeoutMs: number;
  readonly #ended: Promise<never>;
  #last: Answer | undefined;

  private constructor(child: ChildProcess, timeoutMs: number) {
    this.#process = child;
    this.#timeoutMs = timeoutMs;
    this.#ended = once(child, "exit").then(([code]) => {
      throw new Error(`the function exited with ${code} and without an answer`);
    });
    // Nobody waits for it between two invocations.
    this.#ended.catch(() => {});
  }

  /**
   * @param module URL of the bundle
   * @param env all of its environment
   */
  static async start(
    module: string,
    env: Readonly<Record<string, string>>,
    { timeoutSeconds, memoryMb }: FunctionLimits,
  ): Promise<Environment> {
    const child = fork(fileURLToPath(new URL("./environment.mjs", import.meta.url)), {
      env: { ...env, MODULE: module },
      execArgv: memoryMb <= SMALL_MB ? SMALL_HEAP : [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "message");
    return new Environment(child, timeoutSeconds * 1_000);
  }

  /** @throws when the process ends without an answer */
  async invoke(event: unknown): Promise<unknown> {
    this.#process.send({ event, requestId: randomUUID(), deadline: Date.now() + this.#timeoutMs });
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#process.once("message", (answer) => resolve(answer as Answer));
    const answer = await Promise.race([promise, this.#ended]);
    this.#last = answer;
    return answer.result;
  }

  /** CPU since the function was loaded. */
  get cpuSeconds(): number {
    return this.#last?.cpuSeconds ?? 0;
  }

  /** The most that was resident at once. */
  get peakMib(): number {
    return this.#last?.peakMib ?? 0;
  }

  stop(): void {
    this.#process.kill();
  }
}
