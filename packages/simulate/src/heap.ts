/** Something at an instant. Of two at the same instant the one that was planned first comes first. */
export interface Timed {
  readonly at: number;
  readonly nth: number;
}

/** A binary heap, the earliest first. */
export class Heap<T extends Timed> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = items[above] as T;
      if (isBefore(parent, item)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (items.length > 0) this.#sink(last as T);
    return first;
  }

  /** Puts an item at the top, and lets it sink below those that come before it. */
  #sink(item: T): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && isBefore(items[below + 1] as T, items[below] as T)) below++;
      const child = items[below] as T;
      if (isBefore(item, child)) break;
      items[at] = child;
      at = below;
    }
    items[at] = item;
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.nth < b.nth);
}
