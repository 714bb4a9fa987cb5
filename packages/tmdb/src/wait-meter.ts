import type { Waits } from "@lotes/core";

/** Tells at each instant at which movies are asked for what keeps from asking more, and adds that up. One per process. */
export class WaitMeter {
  readonly #connections: number;
  readonly #waits = { limiter: 0, pause: 0, answer: 0 };
  #movies = 0;
  #inLine = 0;
  #underWay = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #countedUntil = performance.now();

  /** @param connections requests under way at once, at the most */
  constructor(connections: number) {
    this.#connections = connections;
  }

  get waits(): Waits {
    this.#count();
    return this.#waits;
  }

  /** Runs what asks for one movie, as often as that takes. */
  async movie<T>(work: () => Promise<T>): Promise<T> {
    this.#count();
    this.#movies++;
    try {
      return await work();
    } finally {
      this.#count();
      this.#movies--;
    }
  }

  /** Runs one attempt, which stands in line until it calls `leave`. */
  async attempt<T>(work: (leave: () => void) => Promise<T>): Promise<T> {
    this.#count();
    this.#inLine++;
    let hasLeft = false;
    const leave = () => {
      this.#count();
      this.#inLine--;
      this.#underWay++;
      hasLeft = true;
    };
    try {
      return await work(leave);
    } finally {
      this.#count();
      if (hasLeft) this.#underWay--;
      else this.#inLine--;
    }
  }

  /** Nothing is sent for so long. */
  pause(ms: number): void {
    this.#count();
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#countedUntil + ms);
  }

  /** Counts the time until now, in which nothing has changed but that a pause may have ended. */
  #count(): void {
    const now = performance.now();
    const from = this.#countedUntil;
    this.#countedUntil = now;
    if (this.#movies === 0) return;
    const resumed = Math.min(Math.max(from, this.#pausedUntil), now);
    this.#waits.pause += resumed - from;
    this.#waits[this.#heldBackBy()] += now - resumed;
  }

  #heldBackBy(): keyof Waits {
    if (this.#inLine > 0 && this.#underWay < this.#connections) return "limiter";
    // All that is left waits for its next attempt.
    return this.#underWay > 0 ? "answer" : "pause";
  }
}
