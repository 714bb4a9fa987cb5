import { createWriteStream, mkdirSync, openSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";
import { systemReason } from "./system-error.ts";

/** A log file that may fail: then one line says so, and the work goes on without it. */
export class LogFile {
  /** Undefined when it could not be opened. */
  readonly path: string | undefined;
  readonly #stream: WriteStream | undefined;

  /**
   * @param flags `w` for a new log, `a` to go on with the one that is there
   * @param tell gets the line that says what is wrong
   */
  constructor(path: string, flags: "w" | "a", tell: (line: string) => void) {
    const unwritable = (error: unknown) =>
      tell(`! ${path} can't be written: ${systemReason(error)}. The command goes on without this log.`);
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#stream = createWriteStream(path, { fd: openSync(path, flags) });
      this.path = path;
    } catch (error) {
      unwritable(error);
      return;
    }
    this.#stream.on("error", unwritable);
  }

  write(line: unknown): void {
    // After an error the stream is destroyed. It would report an error for each further line.
    if (this.#stream?.writable) this.#stream.write(`${JSON.stringify(line)}\n`);
  }

  end(): void {
    this.#stream?.end();
  }
}
