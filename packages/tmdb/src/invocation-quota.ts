/**
 * A second as the limiter counts it. The 5 ms are for what an arrival can't be known better than: the clocks of two machines go differently by
 * half a millisecond in a second, and the shortest round trip that was seen is a little longer than the shortest possible one.
 */
export const SECOND_MS = 1_000 + 5;

/** A tail is never longer than the time of so many requests: a share that is too large to be used up must not make anybody wait. */
const TAIL_REQUESTS = 12;

/** How much faster than evenly requests may follow each other, to make up for a pause without a burst. */
export const CATCH_UP = 2;

export interface QuotaOptions {
  /** The share: requests in any sliding second. */
  readonly perSecond: number;
  /**
   * How far an invocation's end may lie behind its last request without a loss. The next invocation makes up for it at its beginning. An invocation
   * that has sent but one request waits for it too.
   */
  readonly tailMs: number;
  /** When the invocation began. */
  readonly begunAt: number;
  /** Until then there is no unit, whatever the invocation before may have done. */
  readonly emptyUntil: number;
}

/**
 * What one invocation has of its slot's second, in units of a request. A slot is one of the places in which invocations run, as many as the
 * consumers' concurrency; each slot has the same share of the budget, and in it one invocation follows the other. All instants are milliseconds
 * of one clock that never steps.
 *
 * Which process ran in the slot before is Lambda's choice, so this one knows nothing of its requests. It does not need to, for all agree on one
 * pattern of when the units of a slot come back, counted from the end of one invocation and so, at the worst, from the beginning of the next: twice
 * as fast as evenly until that has made up for the tail, then evenly.
 *
 * - **At its beginning** an invocation takes its units for coming back in just that pattern.
 * - **At its end** it has waited until its own requests' units come back no later than in that pattern. When the share was used up evenly, that is
 *   so a tail after the last request.
 */
export class InvocationQuota {
  readonly #perSecond: number;
  readonly #begunAt: number;
  readonly #emptyUntil: number;
  /** The time of one request when the share is used evenly. */
  readonly #pace: number;
  readonly #tail: number;
  /** When each unit that this invocation used, and that has not come back yet, does so, ascending. */
  readonly #back: number[] = [];
  /** How many of its own units have come back, and are no longer in that list. */
  #cameBack = 0;
  /** The latest instants at which its newest requests may have reached the server, descending. */
  readonly #arrivals: number[] = [];
  #sent = 0;
  #underWay = 0;

  constructor({ perSecond, tailMs, begunAt, emptyUntil }: QuotaOptions) {
    this.#perSecond = perSecond;
    this.#begunAt = begunAt;
    this.#emptyUntil = emptyUntil;
    this.#pace = 1_000 / perSecond;
    this.#tail = Math.min(tailMs, TAIL_REQUESTS * this.#pace);
  }

  /** How many requests have left. */
  get sent(): number {
    return this.#sent;
  }

  /** How many units will have come back by an instant, used since or not. Of one in the future that is what is known by now. */
  returnedBy(instant: number): number {
    const later = this.#back.findIndex((at) => at > instant);
    return this.#inheritedBy(instant) + this.#cameBack + (later < 0 ? this.#back.length : later);
  }

  /** When the first unit comes back after an instant, Infinity if that takes an answer first. */
  nextReturnAfter(instant: number): number {
    const inherited = this.#inheritedBy(instant);
    return Math.min(
      inherited < this.#perSecond ? this.#inheritedBackAt(inherited + 1) : Number.POSITIVE_INFINITY,
      this.#back.find((at) => at > instant) ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Takes a unit for a request that leaves now. Returns false, and takes none, if there is none. */
  send(now: number): boolean {
    while (this.#back.length > 0 && (this.#back[0] as number) <= now) {
      this.#back.shift();
      this.#cameBack++;
    }
    if (this.returnedBy(now) <= this.#sent) return false;
    this.#sent++;
    this.#underWay++;
    return true;
  }

  /**
   * A request is over. Until now its unit was held, for it might still have reached the server.
   * @param latestArrival when it had reached the server at the latest, or will
   */
  ended(latestArrival: number): void {
    this.#underWay--;
    insert(this.#back, latestArrival + SECOND_MS, (a, b) => a - b);
    insert(this.#arrivals, latestArrival, (a, b) => b - a);
    if (this.#arrivals.length > this.#perSecond) this.#arrivals.pop();
  }

  /** When all the units that it used have come back, Infinity while a request is under way. */
  get allBackAt(): number {
    if (this.#underWay > 0) return Number.POSITIVE_INFINITY;
    return (this.#arrivals[0] ?? Number.NEGATIVE_INFINITY) + SECOND_MS;
  }

  /** When the invocation may end, Infinity while a request is under way. */
  get mayEndAt(): number {
    if (this.#underWay > 0) return Number.POSITIVE_INFINITY;
    let latest = this.#begunAt;
    // Inherited units that were not used are the first of the next invocation: each moves up by as many places as requests were sent.
    if (this.#sent < this.#perSecond) latest += this.#sent * this.#pace;
    // A process before this one may have used its whole second up in one moment, at the end of it.
    if (this.#begunAt < this.#emptyUntil) latest = Math.max(latest, this.#emptyUntil);
    this.#arrivals.forEach((arrival, nth) => {
      latest = Math.max(latest, arrival + 1_000 - this.#pattern(this.#perSecond - nth));
    });
    return latest;
  }

  /** When the nth unit of a slot comes back, from 1, after the end of an invocation. */
  #pattern(nth: number): number {
    return Math.max(((nth - 1) * this.#pace) / CATCH_UP, nth * this.#pace - this.#tail);
  }

  #inheritedBackAt(nth: number): number {
    return Math.max(this.#emptyUntil, this.#begunAt + SECOND_MS - 1_000 + this.#pattern(nth));
  }

  /** How many units have come back by an instant, by the same pattern. */
  #inheritedBy(now: number): number {
    const passed = now - this.#begunAt - (SECOND_MS - 1_000);
    if (passed < 0 || now < this.#emptyUntil) return 0;
    return Math.floor(
      Math.min((passed * CATCH_UP) / this.#pace + 1, (passed + this.#tail) / this.#pace, this.#perSecond),
    );
  }
}

function insert(sorted: number[], value: number, compare: (a: number, b: number) => number): void {
  // What is new belongs near the end of one list and near the beginning of the other; both hold one second's requests.
  const index = sorted.findIndex((other) => compare(other, value) > 0);
  sorted.splice(index < 0 ? sorted.length : index, 0, value);
}
