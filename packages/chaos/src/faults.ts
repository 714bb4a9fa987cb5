import { Random, weighted } from "@lotes/local/sample/random";

/** What goes wrong with one call over the network. */
export type Fault =
  /** The process dies as it is about to send it, or with the answer on its way. */
  | { readonly kind: "dies before" | "dies after" }
  /** The connection breaks before the service has the call, or after it has done it. */
  | { readonly kind: "unsent" | "answer lost" }
  | { readonly kind: "slow"; readonly ms: number }
  /** The service answers with an error: throttled, broken, or (a conditional write) in conflict with another one. */
  | { readonly kind: "throttled" | "broken" | "conflict" }
  /** SQS takes a part of the batch. */
  | { readonly kind: "in part" };

export interface Call {
  readonly service: "s3" | "sqs" | "tmdb";
  readonly conditional: boolean;
  readonly batch: boolean;
}

/** The troubles that the processes of a schedule meet, one in so many calls, until there were enough. */
export class Troubles {
  met = 0;
  readonly oneIn: number;
  #left: number;

  constructor(planned: number, oneIn: number) {
    this.#left = planned;
    this.oneIn = oneIn;
  }

  get areOver(): boolean {
    return this.#left <= 0;
  }

  meet(): void {
    this.met++;
    this.#left--;
  }

  end(): void {
    this.#left = 0;
  }
}

const KINDS = weighted([
  ["dies before", 3],
  ["dies after", 3],
  ["unsent", 2],
  ["answer lost", 4],
  ["slow", 4],
  ["throttled", 2],
  ["broken", 2],
  ["conflict", 3],
  ["in part", 3],
] as const);

// The SDK tries a call three times. Now and then all three must fail.
const LONGEST_STREAK = 4;
// The stand-in for TMDB misbehaves by its own rules. Here a process dies among its requests, and nothing else goes wrong.
const TMDB_DEATH_ONE_IN = 60;

/** Draws the faults of the calls of one invocation. */
export class Faults {
  readonly #random: Random;
  readonly #troubles: Troubles;
  #streak: { fault: Fault; left: number } | undefined;

  constructor(seed: number, troubles: Troubles) {
    this.#random = new Random(seed);
    this.#troubles = troubles;
  }

  /** The fault of the next call; undefined when it goes well. */
  next(call: Call): Fault | undefined {
    if (this.#troubles.areOver) return undefined;
    if (call.service === "tmdb") {
      return this.#random.oneIn(TMDB_DEATH_ONE_IN)
        ? this.#counted({ kind: this.#random.pick(["dies before", "dies after"]) })
        : undefined;
    }
    if (this.#streak && this.#streak.left-- > 0) return this.#counted(this.#streak.fault);
    this.#streak = undefined;
    if (!this.#random.oneIn(this.#troubles.oneIn)) return undefined;
    return this.#counted(this.#faultOf(call));
  }

  #faultOf(call: Call): Fault | undefined {
    const kind = this.#random.pick(KINDS);
    switch (kind) {
      case "slow":
        return { kind, ms: this.#random.between(20, 500) };
      case "conflict":
        return call.conditional ? { kind } : undefined;
      case "in part":
        return call.batch ? { kind } : undefined;
      case "throttled":
      case "broken":
      case "unsent": {
        if (this.#random.oneIn(2)) this.#streak = { fault: { kind }, left: this.#random.between(1, LONGEST_STREAK) };
        return { kind };
      }
      default:
        return { kind };
    }
  }

  #counted(fault: Fault | undefined): Fault | undefined {
    if (fault !== undefined) this.#troubles.meet();
    return fault;
  }
}
