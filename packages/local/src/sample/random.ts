import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

const TWO_TO_32 = 2 ** 32;

// The generator starts from a state that is mostly zeros and ones, and neighbouring seeds from nearly the same one:
// after some tens of steps nothing of that is left.
const WARM_UP_STEPS = 64;

/** A seeded source of choices: the same seed makes the same choices, on every machine. */
export class Random {
  readonly #generator;

  /** @param seed its lower 32 bits count */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
    for (let step = 0; step < WARM_UP_STEPS; step++) this.#generator.next();
  }

  /** From 0 to below 1, in steps of 2^-32. */
  fraction(): number {
    return (this.#generator.next() >>> 0) / TWO_TO_32;
  }

  /** A whole number from 0 to below the bound. Bounds here are small against 2^32, so no number is noticeably likelier. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** A whole number between the two, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** A number of the distribution that the quantiles describe, straight lines between them. */
  draw(quantiles: Quantiles): number {
    const at = this.fraction();
    let upper = 1;
    while (at >= (quantiles[upper] as Quantile)[0]) upper++;
    const [from, low] = quantiles[upper - 1] as Quantile;
    const [to, high] = quantiles[upper] as Quantile;
    return low + ((at - from) / (to - from)) * (high - low);
  }
}

type Quantile = readonly [share: number, value: number];

/** Which share of the values lies below which value, rising from share 0 to share 1. */
export type Quantiles = readonly Quantile[];

/** Repeats each choice by its whole weight: picking from an array is the fastest way to pick by weight. */
export function weighted<T>(choices: readonly (readonly [choice: T, weight: number])[]): readonly T[] {
  return choices.flatMap(([choice, weight]) => new Array<T>(weight).fill(choice));
}
