import { RequestLimiter, type RequestShare } from "../../src/request-limiter.ts";
import type { RequestEvents } from "../../src/turns.ts";

/** As the client's timeout of an attempt. */
export const LONGEST_WAY_MS = 5_000;

/** Requests that go through a limiter, and what can be counted of them. Made for virtual time. */
export class Requests {
  readonly limiter: RequestLimiter;
  /** The numbers of the requests in the order they were sent. */
  readonly order: number[] = [];
  added = 0;
  /** Requests whose caller was told that there is no answer. */
  rejected = 0;
  mostUnderWay = 0;
  /** When each reached the server. */
  readonly #times: number[] = [];
  readonly #latency: () => number;
  readonly #connecting: () => number;
  #underWay = 0;

  /**
   * @param latency how long an answer takes once the server has the request
   * @param connecting how long it takes to get there; 0 on a connection that is there already
   */
  constructor(share: RequestShare, latency = () => 0, connecting = () => 0) {
    this.limiter = new RequestLimiter(share, LONGEST_WAY_MS);
    this.#latency = latency;
    this.#connecting = connecting;
  }

  get sent(): number {
    return this.order.length;
  }

  add(count: number, { signal = new AbortController().signal, fails = false } = {}): void {
    for (let index = 0; index < count; index++) {
      const number = this.added++;
      this.limiter.schedule((sent) => this.#send(number, fails, sent), signal).catch(() => this.rejected++);
    }
  }

  /** The most requests that reached the server within any 1,000 ms. */
  busiestSecond(): number {
    return mostInASecond(this.#times);
  }

  async #send(number: number, fails: boolean, sent: RequestEvents): Promise<void> {
    this.order.push(number);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.#underWay);
    const connecting = this.#connecting();
    if (connecting > 0) await new Promise((resolve) => setTimeout(resolve, connecting));
    this.#times.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, this.#latency()));
    this.#underWay--;
    if (!fails) sent.answered(connecting === 0);
    if (fails) throw new Error("no answer");
  }
}

/**
 * The most requests within any 1,000 ms.
 * @param times when they came, in milliseconds
 */
export function mostInASecond(times: readonly number[]): number {
  let first = 0;
  return times
    .toSorted((a, b) => a - b)
    .reduce((most, time, index, sorted) => {
      while (time - (sorted[first] ?? 0) >= 1000) first++;
      return Math.max(most, index - first + 1);
    }, 0);
}
