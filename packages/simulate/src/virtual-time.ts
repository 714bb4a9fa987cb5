import { Heap } from "./heap.ts";
import type { Process } from "./process.ts";
import { trueTurn } from "./true-turn.ts";

/** Runs all ticks and microtasks, as Node does after each of its own callbacks. A turn of Node's loop would do so too, and takes longer. */
const drain: () => void = (process as unknown as { _tickCallback: () => void })._tickCallback;
// After so many events Node gets a turn for its own work, such as messages of other threads.
const EVENTS_OF_TURN = 200;

/** Something that is to happen. */
export interface Planned {
  readonly at: number;
  readonly nth: number;
  /** The process that it belongs to: it waits while that is frozen, and never happens once that is dead. Undefined for all else. */
  readonly owner: Process | undefined;
  happen: (() => void) | undefined;
}

/** Time that passes from one event to the next, as fast as one thread can work them off. */
export class VirtualTime {
  /** Milliseconds from the beginning. */
  now = 0;
  /** How many things have happened. */
  happened = 0;
  readonly #heap = new Heap<Planned>();
  #nth = 0;

  /** Plans something for so many milliseconds from now. */
  after(ms: number, happen: () => void, owner?: Process): Planned {
    return this.at(this.now + Math.max(0, ms), happen, owner);
  }

  at(at: number, happen: () => void, owner?: Process): Planned {
    const planned = { at, nth: this.#nth++, owner, happen };
    this.#heap.push(planned);
    return planned;
  }

  cancel(planned: Planned): void {
    planned.happen = undefined;
  }

  sleep(ms: number, owner?: Process): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve, owner));
  }

  /**
   * Lets everything happen, in order, until the work has come to its end or nothing is left to happen.
   * @param most so many things at the most
   */
  async run(work: Promise<unknown>, most: number): Promise<void> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    await new Promise<void>((resolve, reject) => {
      const step = () => {
        try {
          for (let nth = 0; nth < EVENTS_OF_TURN; nth++) {
            if (isOver || this.happened >= most || !this.#next()) {
              resolve();
              return;
            }
            // Everything that the event leads to happens before the next one, up to where it waits for time or for an answer.
            drain();
          }
          trueTurn(step);
        } catch (error) {
          reject(error);
        }
      };
      trueTurn(step);
    });
  }

  #next(): boolean {
    for (;;) {
      const planned = this.#heap.pop();
      if (planned === undefined) return false;
      const { happen, owner } = planned;
      if (happen === undefined || owner?.dead) continue;
      this.now = Math.max(this.now, planned.at);
      if (owner?.isFrozen) {
        owner.due.push(planned);
        continue;
      }
      this.happened++;
      planned.happen = undefined;
      if (owner) owner.enter(happen);
      else happen();
      return true;
    }
  }
}
