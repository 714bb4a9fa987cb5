import { setTimeout as delay } from "node:timers/promises";
import Bottleneck from "bottleneck/light.js";
import pLimit, { type LimitFunction } from "p-limit";

/** What one process may do: its share of the budget of all consumers. */
export interface RequestShare {
  /** Requests in any sliding second. */
  readonly perSecond: number;
  /** Requests under way at once. */
  readonly connections: number;
}

// TMDB once stated 20 connections per address; all consumers of an account may share one.
const CONNECTIONS_OF_ALL = 20;

/** Divides the budget among the consumers, rounding down: the sum never exceeds it. */
export function shareOf(requestsPerSecond: number, consumers: number): RequestShare {
  return {
    perSecond: Math.max(1, Math.floor(requestsPerSecond / consumers)),
    connections: Math.max(1, Math.floor(CONNECTIONS_OF_ALL / consumers)),
  };
}

/**
 * A second as the server may count it. Requests reach it a little later or earlier than they were sent relative to each other, and
 * this much of a difference must not push one too many into its second. It costs 1.5 % of the budget.
 */
const SECOND_MS = 1000 + 15;

/**
 * How much faster than evenly requests may follow each other, to make up for a pause between two lotes without a burst.
 */
const CATCH_UP = 2;

/**
 * Turns handed out for each connection: one for the request under way, and one for the next, which then leaves as soon as the connection is
 * free. Bottleneck takes some 5 ms for a turn, 6 % of the time that TMDB takes for an answer.
 */
const TURNS_PER_CONNECTION = 2;

/**
 * Lets requests through such that no sliding second holds more than the share, and pauses them all at once when the server asks for it.
 *
 * Bottleneck's reservoir is the second's allowance: each request takes a unit out, and the unit comes back one second after the request
 * reached the server. Unlike a refill by the clock that never lets a double burst through where two seconds meet, and unlike a fixed distance
 * between requests it makes up for the time in which a process had nothing to send.
 */
export class RequestLimiter {
  readonly #bottleneck: Bottleneck;
  readonly #connection: LimitFunction;
  /** Those that wait for a turn. Bottleneck's own queue can't be left, so it only holds turns, and whoever is first here takes the next. */
  readonly #line = new Set<() => Promise<void>>();
  #pausedUntil = 0;

  constructor({ perSecond, connections }: RequestShare) {
    this.#connection = pLimit(connections);
    this.#bottleneck = new Bottleneck({
      maxConcurrent: connections * TURNS_PER_CONNECTION,
      minTime: 1000 / perSecond / CATCH_UP,
      // A process may replace one that was killed a moment ago and had used up this second. It waits the second out.
      reservoir: 0,
    });
    setTimeout(() => void this.#bottleneck.incrementReservoir(perSecond), SECOND_MS);
  }

  /**
   * Runs `send` when its turn comes.
   * @param send may call `reached` when it learns that the request had not left at once, but has reached the server by now; its second
   * is counted from then
   * @param signal ends the waiting at once; a request that was not sent uses nothing of the budget
   */
  schedule<T>(send: (reached: () => void) => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#line.delete(turn);
        reject(signal.reason);
      };
      const turn = async () => {
        signal.removeEventListener("abort", leave);
        let reachedAt = performance.now();
        const reached = () => {
          reachedAt = performance.now();
        };
        await send(reached).then(resolve, reject);
        setTimeout(() => this.#giveBack(), Math.max(0, reachedAt + SECOND_MS - performance.now()));
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#line.add(turn);
      void this.#bottleneck.schedule(() => this.#connection(() => this.#serveNext()));
    });
  }

  /** Sends nothing more for as long; of several pauses the one that ends last counts. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
  }

  async #serveNext(): Promise<void> {
    // Another answer may prolong the pause while this one waits.
    for (let left = this.#pauseLeft(); left > 0; left = this.#pauseLeft()) await delay(left);
    const [turn] = this.#line;
    if (turn === undefined) return this.#giveBack();
    this.#line.delete(turn);
    await turn();
  }

  #giveBack(): void {
    void this.#bottleneck.incrementReservoir(1);
  }

  #pauseLeft(): number {
    return this.#pausedUntil - performance.now();
  }
}
