/** Adds up how long work took, one after the other. */
export class Stopwatch {
  #ms = 0;

  /** Does the work, and counts its time, also when it fails. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#ms += performance.now() - began;
    }
  }

  /** Milliseconds since this was asked last. */
  takeMs(): number {
    const taken = this.#ms;
    this.#ms = 0;
    return taken;
  }
}
