import { between } from "@lotes/core/testing/random";
import { RequestLimiter, type RequestShare } from "../../src/request-limiter.ts";
import { LONGEST_WAY_MS, mostInASecond } from "./requests.ts";

export interface SlotsOptions {
  readonly random: () => number;
  /** Invocations that run at once. */
  readonly concurrency: number;
  readonly share: RequestShare;
  /** Milliseconds that a request takes to the server at the least, and up to how many more. */
  readonly way: { readonly least: number; readonly jitter: number };
  /** Milliseconds from its arrival until the sender has the answer. */
  readonly back: { readonly least: number; readonly jitter: number };
  /** The part of the requests that get no answer, and may take as long to the server as any request can. Default 0. */
  readonly lost?: number;
  /** Which of the idle processes is next, by how long they have been idle, the longest first; undefined for a new one. */
  next(idle: number): number | undefined;
}

/** One process, which handles one invocation after the other, and can be killed. */
interface Process {
  readonly limiter: RequestLimiter;
  dead: boolean;
  /** Until then it is frozen: it neither sends nor hears anything. */
  frozenUntil: number;
}

/**
 * Invocations as Lambda runs them, in virtual time: so many at once, each in a process that Lambda chose, all sending to one server that notes
 * when each request arrives.
 */
export class Slots {
  /** When each request reached the server. */
  readonly arrivals: number[] = [];
  /** Invocations that have come to their end. */
  ended = 0;
  readonly #options: SlotsOptions;
  readonly #idle: Process[] = [];
  readonly #running = new Set<Process>();
  #killed = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Begins an invocation that sends so many requests, if there is a slot for it. */
  begin(requests: number): void {
    if (this.#running.size >= this.#options.concurrency) return;
    void this.#run(this.#process(), requests);
  }

  /** Kills what runs in one of the slots; a new process takes its place when the next invocation begins. */
  kill(): void {
    const [process] = this.#running;
    if (process === undefined) return;
    process.dead = true;
    this.#running.delete(process);
    this.#killed++;
  }

  freeze(ms: number): void {
    for (const process of this.#running) process.frozenUntil = performance.now() + ms;
  }

  /** The most requests that reached the server within any 1,000 ms. */
  busiestSecond(): number {
    return mostInASecond(this.arrivals);
  }

  #process(): Process {
    const { share, next } = this.#options;
    if (this.#killed === 0) {
      const chosen = next(this.#idle.length);
      const [process] = chosen === undefined ? [] : this.#idle.splice(chosen, 1);
      if (process) return process;
    } else this.#killed--;
    return { limiter: new RequestLimiter(share, LONGEST_WAY_MS), dead: false, frozenUntil: 0 };
  }

  async #run(process: Process, requests: number): Promise<void> {
    this.#running.add(process);
    await process.limiter.invocation(async () => {
      await Promise.all(Array.from({ length: requests }, () => this.#request(process)));
    }, Number.POSITIVE_INFINITY);
    await thawed(process);
    if (process.dead) return;
    this.#running.delete(process);
    this.#idle.push(process);
    this.ended++;
  }

  #request(process: Process): Promise<void> {
    const { random, way, back, lost = 0 } = this.#options;
    return process.limiter.schedule(async (sent) => {
      const sentAt = performance.now();
      await thawed(process);
      if (process.dead) return;
      if (random() < lost) {
        const arrival = between(random, performance.now() - sentAt, LONGEST_WAY_MS);
        setTimeout(() => {
          // What a killed process leaves behind for seconds is beyond what anybody can know.
          if (!process.dead) this.arrivals.push(performance.now());
        }, arrival);
        // Either its time is over, or somebody breaks it off before.
        const brokenOff = random() < 0.5;
        await after(brokenOff ? between(random, 0, 500) : LONGEST_WAY_MS);
        if (brokenOff) sent.abandoned();
        return;
      }
      await after(way.least + between(random, 0, way.jitter));
      this.arrivals.push(performance.now());
      await after(back.least + between(random, 0, back.jitter));
      await thawed(process);
      sent.answered(true);
    }, new AbortController().signal);
  }
}

async function thawed(process: Process): Promise<void> {
  while (performance.now() < process.frozenUntil) await after(process.frozenUntil - performance.now());
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
