import { setTimeout as delay } from "node:timers/promises";
import type { LimitFunction } from "p-limit";
import { CATCH_UP, InvocationQuota, type QuotaOptions, SECOND_MS } from "./invocation-quota.ts";
import type { ShortestRoundTrip } from "./shortest-round-trip.ts";
import { SteadyBottleneck } from "./steady-bottleneck.ts";

/** What a sender may report of its request. Without a report the request may have reached the server at any time until its end. */
export interface RequestEvents {
  /**
   * The server has answered.
   * @param keptConnection whether the request left at once, on a connection that was there already
   */
  answered(keptConnection: boolean): void;
  /** Nobody waits for the answer any more, but the request may still be on its way to the server. */
  abandoned(): void;
}

export type Send<T> = (events: RequestEvents) => Promise<T>;

/** What the invocations of one process have in common. */
export interface Process {
  readonly connections: number;
  readonly connection: LimitFunction;
  readonly roundTrip: ShortestRoundTrip;
  /** No request is longer on its way to the server. */
  readonly longestWayMs: number;
  /** How long nothing may be sent from now on. */
  pauseLeft(): number;
}

/**
 * Turns handed out for each connection: one for the request under way, and one for the next, which then leaves as soon as the connection is
 * free. Bottleneck takes some 5 ms for a turn, 6 % of the time that TMDB takes for an answer.
 */
const TURNS_PER_CONNECTION = 2;

/** Bottleneck gets a unit so long before it comes back, since a turn takes it that long. The request itself waits for the unit. */
const AHEAD_MS = 8;

/**
 * The turns of one invocation. Bottleneck's reservoir is what is left of the second: each request takes a unit out, and the account tells when
 * it comes back. A refill by the clock would let a double burst through where two seconds meet; this never does. A fixed distance between
 * requests would never make up for a time in which there was nothing to send; this does.
 */
export class Turns {
  readonly #process: Process;
  readonly #quota: InvocationQuota;
  readonly #minTimeMs: number;
  /** Made for the first request: an invocation may have none. */
  #bottleneck: SteadyBottleneck | undefined;
  /** Requests that wait. Nothing can leave Bottleneck's own queue, so that holds turns only, and the first request here takes the next turn. */
  readonly #line = new Set<() => Promise<void>>();
  /** Units that were given to Bottleneck's reservoir so far. */
  #granted: number;
  #timer: NodeJS.Timeout | undefined;
  #somethingEnded = Promise.withResolvers<void>();

  constructor(options: QuotaOptions, process: Process) {
    this.#process = process;
    this.#quota = new InvocationQuota(options);
    this.#granted = this.#quota.returnedBy(options.begunAt + AHEAD_MS);
    this.#minTimeMs = 1000 / options.perSecond / CATCH_UP;
  }

  /** Runs `send` when its turn comes; `signal` ends the waiting for it. */
  schedule<T>(send: Send<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#line.delete(turn);
        reject(signal.reason);
      };
      const turn = async () => {
        signal.removeEventListener("abort", leave);
        await this.#counted(send).then(resolve, reject);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#line.add(turn);
      const bottleneck = this.#openBottleneck();
      this.#grantReturned();
      void bottleneck.schedule(() => this.#process.connection(() => this.#serveNext()));
    });
  }

  /**
   * Waits until the invocation may end.
   * @param latest when to give that up
   * @returns whether it may
   */
  async untilMayEnd(latest: number): Promise<boolean> {
    for (;;) {
      const now = performance.now();
      const { mayEndAt } = this.#quota;
      if (mayEndAt <= now) return true;
      if (latest <= now) return false;
      const enough = new AbortController();
      const wait = Math.ceil(Math.min(mayEndAt, latest) - now);
      await Promise.race([
        delay(wait, undefined, { signal: enough.signal }).catch(() => {}),
        this.#somethingEnded.promise,
      ]);
      enough.abort();
    }
  }

  /** When nothing that this invocation sent is in the second before any more. */
  get emptyAt(): number {
    const latest = performance.now() + this.#process.longestWayMs + SECOND_MS;
    return Math.min(this.#quota.allBackAt, latest);
  }

  #openBottleneck(): SteadyBottleneck {
    this.#bottleneck ??= new SteadyBottleneck({
      maxConcurrent: this.#process.connections * TURNS_PER_CONNECTION,
      minTime: this.#minTimeMs,
      reservoir: this.#granted,
    });
    return this.#bottleneck;
  }

  async #serveNext(): Promise<void> {
    for (;;) {
      // Another answer may prolong the pause while this one waits.
      for (let left = this.#process.pauseLeft(); left > 0; left = this.#process.pauseLeft()) await delay(left);
      const [turn] = this.#line;
      // Nobody takes the unit: it goes back to the reservoir.
      if (turn === undefined) return void this.#bottleneck?.incrementReservoir(1);
      const now = performance.now();
      if (this.#quota.send(now)) {
        this.#line.delete(turn);
        return await turn();
      }
      await delay(Math.ceil(this.#quota.nextReturnAfter(now) - now));
    }
  }

  async #counted<T>(send: Send<T>): Promise<T> {
    const { roundTrip, longestWayMs } = this.#process;
    const sentAt = performance.now();
    let latestArrival: number | undefined;
    try {
      return await send({
        answered: (keptConnection) => {
          const now = performance.now();
          if (keptConnection) roundTrip.add(now - sentAt);
          latestArrival = Math.max(sentAt, now - roundTrip.bound);
        },
        abandoned: () => {
          latestArrival = sentAt + longestWayMs;
        },
      });
    } finally {
      this.#quota.ended(latestArrival ?? performance.now());
      this.#grantReturned();
      this.#somethingEnded.resolve();
      this.#somethingEnded = Promise.withResolvers<void>();
    }
  }

  /** Gives the units that have come back to Bottleneck's reservoir, and sets a timer for those still missing. */
  #grantReturned(): void {
    clearTimeout(this.#timer);
    const soon = performance.now() + AHEAD_MS;
    const units = this.#quota.returnedBy(soon) - this.#granted;
    if (units > 0) void this.#bottleneck?.incrementReservoir(units);
    this.#granted += units;
    if (this.#granted - this.#quota.sent >= this.#line.size) return;
    const next = this.#quota.nextReturnAfter(soon);
    if (next < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#grantReturned(), Math.ceil(next - soon));
  }
}
