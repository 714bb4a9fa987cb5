import type { QueueName } from "@lotes/core/topology";

/** What is under way in a schedule, and a bell at each queue for those who wait for messages. */
export class Activity {
  #underWay = 0;
  readonly #bells = { LoteQueue: Promise.withResolvers<void>(), DeadLetterQueue: Promise.withResolvers<void>() };
  #onIdle = () => {};

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** Counts the work as under way for as long as it takes. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) this.#onIdle();
    }
  }

  /** @param callback called each time when the last work has ended */
  onIdle(callback: () => void): void {
    this.#onIdle = callback;
  }

  /** There is, or may be, something to receive. */
  ring(queue: QueueName): void {
    this.#bells[queue].resolve();
    this.#bells[queue] = Promise.withResolvers<void>();
  }

  bell(queue: QueueName): Promise<void> {
    return this.#bells[queue].promise;
  }
}
