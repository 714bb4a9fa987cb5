import type { Call } from "./fault.ts";

/** The keys in S3 that an invocation has had to do with. */
export class TouchedKeys {
  /** Those that it has read. */
  readonly read = new Set<string>();
  readonly #written = new Set<string>();
  readonly #doneAgain = new Set<string>();

  /** @returns whether the invocation has written the object, and looks at it or removes it for the first time since */
  touch({ key, does, conditional }: Call): boolean {
    if (key === undefined) return false;
    const isFirst = this.#written.has(key) && !this.#doneAgain.has(does + key);
    if (isFirst) this.#doneAgain.add(does + key);
    if (conditional) this.#written.add(key);
    return isFirst && !does.startsWith("writes ");
  }
}
