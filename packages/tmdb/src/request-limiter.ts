import pLimit from "p-limit";
import { SECOND_MS } from "./invocation-quota.ts";
import { ShortestRoundTrip } from "./shortest-round-trip.ts";
import { type Process, type Send, Turns } from "./turns.ts";

/** All consumers that share the budget. */
export interface Consumers {
  /** How many run at once, at the most. */
  readonly concurrency: number;
  /** The setting, by default 0. */
  readonly reuseHours?: number;
}

/** What one process may do: its share of the budget of all consumers. */
export interface RequestShare {
  /** Requests in any sliding second. */
  readonly perSecond: number;
  /** Requests under way at once. */
  readonly connections: number;
  /** See {@link InvocationQuota}. All processes that share the budget have to agree on it. */
  readonly tailMs: number;
}

// TMDB once stated 20 connections per address; all consumers of an account may share one.
const CONNECTIONS_OF_ALL = 20;

/** What TMDB's last answer and the writes to S3 take about. */
const TAIL_MS = 160;
/**
 * Where records are used again, most lotes ask for one or two ids, and take little more than this. A lote of which all ids are asked for ends up to
 * {@link TAIL_MS} less this later for it, which is 1.6 % of its 5 s.
 */
const REUSE_TAIL_MS = 80;

/** Divides the budget among the consumers, rounding down: the sum never exceeds it. */
export function shareOf(requestsPerSecond: number, { concurrency, reuseHours = 0 }: Consumers): RequestShare {
  return {
    perSecond: Math.max(1, Math.floor(requestsPerSecond / concurrency)),
    connections: Math.max(1, Math.floor(CONNECTIONS_OF_ALL / concurrency)),
    tailMs: reuseHours > 0 ? REUSE_TAIL_MS : TAIL_MS,
  };
}

/**
 * A new process may replace one that was killed a moment ago, with its second used up and its last requests on their way. So it waits until they
 * have arrived, which takes at most this long beyond the shortest way, and then for one second more.
 */
const STRAY_MS = 250;

/**
 * Lets requests through such that no sliding second at the server holds more than the share, neither those of one invocation nor those of
 * several that followed each other in one slot, whichever processes they ran in; and pauses them all at once when the server asks for it.
 * One per process. See {@link InvocationQuota} for what one invocation may take from the other, and docs/architecture.md for the whole argument.
 */
export class RequestLimiter {
  readonly #share: RequestShare;
  readonly #process: Process;
  #emptyUntil = performance.now() + STRAY_MS + SECOND_MS;
  #pausedUntil = 0;
  #turns: Turns;

  /** @param longestWayMs no request reaches the server later than so long after it was sent */
  constructor(share: RequestShare, longestWayMs: number) {
    const { connections } = share;
    this.#share = share;
    this.#process = {
      connections,
      connection: pLimit(connections),
      roundTrip: new ShortestRoundTrip(),
      longestWayMs,
      pauseLeft: () => this.#pausedUntil - performance.now(),
    };
    this.#turns = this.#begin();
  }

  /**
   * Runs the work of one invocation. Whatever is scheduled meanwhile is of its account, which begins and ends with it.
   * @param latest when to return at the latest (by `performance.now()`), should the end of the work be too early for the next invocation
   */
  async invocation<T>(work: () => Promise<T>, latest: number): Promise<T> {
    const turns = this.#begin();
    this.#turns = turns;
    try {
      return await work();
    } finally {
      const handedOver = await turns.untilMayEnd(latest);
      // At least this process waits for what may still reach the server. An invocation that sent nothing adds nothing to that.
      if (!handedOver) this.#emptyUntil = Math.max(this.#emptyUntil, turns.emptyAt);
    }
  }

  /**
   * Runs `send` when its turn comes.
   * @param signal ends the waiting at once; a request that was not sent uses nothing of the budget
   */
  schedule<T>(send: Send<T>, signal: AbortSignal): Promise<T> {
    return this.#turns.schedule(send, signal);
  }

  /** Sends nothing more for as long; of several pauses the one that ends last counts. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
  }

  #begin(): Turns {
    const { perSecond, tailMs } = this.#share;
    const options = { perSecond, tailMs, begunAt: performance.now(), emptyUntil: this.#emptyUntil };
    return new Turns(options, this.#process);
  }
}
