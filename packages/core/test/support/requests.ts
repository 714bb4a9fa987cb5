import { RequestLimiter, type RequestShare } from "../../src/tmdb/request-limiter.ts";

/** Requests that go through a limiter, and what can be counted of them. Made for virtual time. */
export class Requests {
  readonly limiter: RequestLimiter;
  /** The numbers of the requests in the order they were sent. */
  readonly order: number[] = [];
  added = 0;
  /** Requests whose caller was told that there is no answer. */
  rejected = 0;
  mostUnderWay = 0;
  readonly #times: number[] = [];
  readonly #latency: () => number;
  #underWay = 0;

  /** @param latency how long an answer takes */
  constructor(share: RequestShare, latency = () => 0) {
    this.limiter = new RequestLimiter(share);
    this.#latency = latency;
  }

  get sent(): number {
    return this.order.length;
  }

  add(count: number, { signal = new AbortController().signal, fails = false } = {}): void {
    for (let index = 0; index < count; index++) {
      const number = this.added++;
      this.limiter.schedule(() => this.#send(number, fails), signal).catch(() => this.rejected++);
    }
  }

  /** The most requests that were sent within any 1,000 ms. */
  busiestSecond(): number {
    let first = 0;
    return this.#times.reduce((most, time, index) => {
      while (time - (this.#times[first] ?? 0) >= 1000) first++;
      return Math.max(most, index - first + 1);
    }, 0);
  }

  async #send(number: number, fails: boolean): Promise<void> {
    this.order.push(number);
    this.#times.push(performance.now());
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.#underWay);
    await new Promise((resolve) => setTimeout(resolve, this.#latency()));
    this.#underWay--;
    if (fails) throw new Error("no answer");
  }
}
