import type { StoredObject } from "./bucket.ts";

/** An earlier run's process that removes or replaces its own file so long after it has looked at it may hit a later run's, if that has the same bytes. */
const LONG_AGO_MS = 2_000;

/** The objects that a process has looked at or written. */
export class KnownObjects {
  readonly #known = new Map<string, { readonly object: StoredObject | undefined; readonly atMs: number }>();

  know(key: string, object: StoredObject | undefined, atMs: number): void {
    this.#known.set(key, { object, atMs });
  }

  /**
   * Whether a change of an object holds by chance only: the process has looked at it long ago, and another process has written the same bytes again
   * since, which have the same ETag. docs/reliability.md says that this may do harm, so it is not simulated.
   */
  holdsByChance(key: string, object: StoredObject | undefined, nowMs: number): boolean {
    const known = this.#known.get(key);
    if (known?.object === undefined || object === undefined) return false;
    return object !== known.object && object.etag === known.object.etag && nowMs - known.atMs > LONG_AGO_MS;
  }
}
