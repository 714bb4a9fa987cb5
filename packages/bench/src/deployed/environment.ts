import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FunctionLimits } from "@lotes/core";
import { type Cgroup, lambdaCgroup } from "./cgroup.ts";

interface Answer {
  readonly result: unknown;
  readonly cpuSeconds: number;
  readonly peakMib: number;
}

export interface EnvironmentOptions extends FunctionLimits {
  /** URL of the bundle. */
  readonly module: string;
  /** All of its environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it gets no more of a core and of memory than in Lambda, where this machine can do that. */
  readonly isMirrored: boolean;
}

/** What Lambda starts Node with: a tenth of the memory for V8's young generation, in two halves, and the rest for the old one. */
function heapOptions(memoryMb: number): string[] {
  const young = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${memoryMb - young}`];
}

// A process has to be in its cgroup before Node starts, which looks how much memory it may use.
const JOIN = 'for procs in $PROCS; do echo $$ > "$procs"; done; exec "$NODE" $HEAP "$@"';

/** One execution environment of a function as deployed, in a process of its own, so that its memory is nobody else's. */
export class Environment {
  readonly #process: ChildProcess;
  readonly #cgroup: Cgroup | undefined;
  readonly #timeoutMs: number;
  readonly #ended: Promise<never>;
  #last: Answer | undefined;
  /** How long each invocation has taken, in seconds. */
  readonly seconds: number[] = [];

  private constructor(child: ChildProcess, cgroup: Cgroup | undefined, timeoutMs: number) {
    this.#process = child;
    this.#cgroup = cgroup;
    this.#timeoutMs = timeoutMs;
    this.#ended = once(child, "exit").then(([code, signal]) => {
      throw new Error(`the function exited with ${code ?? signal} and without an answer`);
    });
    // Nobody waits for it between two invocations.
    this.#ended.catch(() => {});
  }

  static async start(options: EnvironmentOptions): Promise<Environment> {
    const { module, env, timeoutSeconds, memoryMb, isMirrored } = options;
    const cgroup = isMirrored ? lambdaCgroup(memoryMb) : undefined;
    const heap = heapOptions(memoryMb);
    const child = fork(fileURLToPath(new URL("./environment.mjs", import.meta.url)), {
      env: {
        ...env,
        MODULE: module,
        ...(cgroup && { NODE: process.execPath, PROCS: cgroup.procs.join(" "), HEAP: heap.join(" ") }),
      },
      ...(cgroup ? { execPath: "/bin/sh", execArgv: ["-c", JOIN, "sh"] } : { execArgv: heap }),
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const environment = new Environment(child, cgroup, timeoutSeconds * 1_000);
    await Promise.race([once(child, "message"), environment.#ended]);
    return environment;
  }

  /** @throws when the process ends without an answer */
  async invoke(event: unknown): Promise<unknown> {
    const begunAt = performance.now();
    this.#process.send({ event, requestId: randomUUID(), deadline: Date.now() + this.#timeoutMs });
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#process.once("message", (answer) => resolve(answer as Answer));
    const answer = await Promise.race([promise, this.#ended]);
    this.seconds.push((performance.now() - begunAt) / 1_000);
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

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
    this.#cgroup?.remove();
  }
}
