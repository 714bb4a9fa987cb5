import { setTimeout as delay } from "node:timers/promises";
import type { QueueName } from "@lotes/core/topology";

/** What is under way in a schedule, and a bell at each queue for those who wait for messages: to look without a reason costs time. */
export class Activity {
  #underWay = 0;
  readonly #bells = { LoteQueue: Promise.withResolvers<void>(), DeadLetterQueue: Promise.withResolvers<void>() };

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

  /** There is, or may be, something to receive. */
  ring(queue: QueueName): void {
    this.#bells[queue].resolve();
    this.#bells[queue] = Promise.withResolvers<void>();
  }

  /** @param ms how long to wait for the bell at the most */
  async wait(queue: QueueName, ms: number): Promise<void> {
    const stop = new AbortController();
    await Promise.race([this.#bells[queue].promise, delay(ms, undefined, { signal: stop.signal }).catch(() => {})]);
    stop.abort();
  }
}
