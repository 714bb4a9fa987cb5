import type { DateOutput } from "../files/date-output.ts";
import { isOpen } from "../files/run-rules.ts";

/**
 * Two seconds after a run was cancelled nothing may be asked for. A look itself takes some 20 ms, and a quarter of a second on a bad day. A lote of 5 s
 * takes two looks by this.
 */
const LOOK_EVERY_MS = 1_750;

/** Looks at `_run.json` every now and then, as long as ids are being asked for. */
export class OpenRunWatch implements Disposable {
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(output: DateOutput, run: string) {
    this.#timer = setInterval(() => void this.#look(output, run), LOOK_EVERY_MS);
  }

  /** Aborted once the run is cancelled, or another one is in force. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  async #look(output: DateOutput, run: string): Promise<void> {
    try {
      const current = await output.currentRun();
      if (current?.run !== run || !isOpen(current)) this.#ended.abort();
    } catch {
      // The lote goes on if S3 has no answer, or somebody has edited the file: the look before its write meets the same error.
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
