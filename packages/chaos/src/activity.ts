import { setTimeout as delay } from "node:timers/promises";

/** What is under way in a schedule, and a bell for those who wait for a change. */
export class Activity {
  #underWay = 0;
  #changed = Promise.withResolvers<void>();

  get isNone(): boolean {
    return this.#underWay === 0;
  }

  /** Counts the work as under way for as long as it takes. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }

  ring(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** @param ms how long to wait at the most */
  async wait(ms: number): Promise<void> {
    const stop = new AbortController();
    await Promise.race([this.#changed.promise, delay(ms, undefined, { signal: stop.signal }).catch(() => {})]);
    stop.abort();
  }
}
