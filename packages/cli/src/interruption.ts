import { once } from "node:events";
import { READER_GONE, readers } from "@lotes/node/readers";
import { whenNpxEnds } from "./npx-watch.ts";
import { UserError } from "./user-error.ts";

// What a shell reports of a program that the signal ended: 128 and the signal's number.
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];

/** The command was asked to end before it was done. */
export class InterruptedError extends UserError {
  override readonly name = "InterruptedError";
  override readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, { ...options, code: "interrupted" });
    this.exitCode = exitCode;
  }
}

type Process = Pick<NodeJS.Process, "on" | "off" | "exit">;

// A terminal and `kill -- -GROUP` signal every process of the group, and pnpm passes its signal on to this process. So one signal may come twice.
const SAME_SIGNAL_MS = 1_000;

/**
 * Lets a command put things in order before it ends, from now until it is disposed of. `signal` is aborted by the first signal (Ctrl-C,
 * SIGTERM, a closed terminal), the end of the npx that has started the command, a reader of the output that is gone, or an exception that
 * nobody caught. A second signal, a second later or more, ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #process: Process;
  readonly #controller = new AbortController();
  #signalledAt: number | undefined;
  readonly #endNpxWatch = whenNpxEnds(() => this.#request("the end of npx", EXIT_CODES.SIGTERM));
  readonly #handlers = SIGNALS.map((name) => [name, () => this.#interrupt(name, EXIT_CODES[name])] as const);

  constructor(ofProcess: Process = process) {
    this.#process = ofProcess;
    for (const [name, handler] of this.#handlers) this.#process.on(name, handler);
    this.#process.on("uncaughtException", this.#onException);
    readers.on("gone", this.#onReadersGone);
  }

  /** Its reason is an InterruptedError, or an error that nobody caught. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits until the command is asked to end. */
  async requested(): Promise<void> {
    if (!this.signal.aborted) await once(this.signal, "abort");
  }

  /** @throws what nobody caught, once what could be put in order is */
  throwIfBroken(): void {
    if (this.signal.aborted && !(this.signal.reason instanceof InterruptedError)) throw this.signal.reason;
  }

  [Symbol.dispose](): void {
    this.#endNpxWatch();
    for (const [name, handler] of this.#handlers) this.#process.off(name, handler);
    this.#process.off("uncaughtException", this.#onException);
    readers.off("gone", this.#onReadersGone);
  }

  #interrupt(by: string, exitCode: number): void {
    this.#signalledAt ??= performance.now();
    if (performance.now() - this.#signalledAt >= SAME_SIGNAL_MS) this.#process.exit(exitCode);
    this.#request(by, exitCode);
  }

  #request(by: string, exitCode: number): void {
    this.#controller.abort(new InterruptedError(`interrupted by ${by}`, exitCode));
  }

  // Each further line meets the closed pipe again. Once the command is ending, that has no effect.
  readonly #onReadersGone = () => {
    this.#controller.abort(new InterruptedError("nobody reads the output any more", READER_GONE));
  };

  // The first error is reported at the end.
  readonly #onException = (error: Error) => this.#controller.abort(error);
}
