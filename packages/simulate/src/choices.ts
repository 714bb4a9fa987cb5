const FNV_PRIME = 0x0100_0193;
const TWO_TO_32 = 2 ** 32;

/** Something that was made to go wrong, with the key of the choice that decided it. */
export interface Deviation {
  readonly key: string;
  readonly atMs: number;
  /** Who met it, at which step. */
  readonly step: string;
  readonly trouble: string;
  readonly value: unknown;
}

/** What a key begins with, as far as its choice depends on it. */
export type KeyStart = number;

/**
 * All choices of one schedule. Each is made by its own key and the seed, so that one more or less changes no other. What makes something go
 * wrong is recorded; a schedule can be run again with some of it, and then nothing else goes wrong.
 */
export class Choices {
  readonly deviations: Deviation[] = [];
  readonly #seed: number;
  readonly #planned: ReadonlyMap<string, Deviation> | undefined;

  /** @param planned all that may go wrong; undefined to let chance decide */
  constructor(seed: number, planned?: readonly Deviation[]) {
    this.#seed = seed;
    this.#planned = planned && new Map(planned.map((each) => [each.key, each]));
  }

  /**
   * From 0 to below 1, the same whenever the key is asked for.
   * @param start what the key begins with, if that was read before
   */
  fraction(key: string, start?: KeyStart): number {
    return mixed(this.startOf(key, start)) / TWO_TO_32;
  }

  /** Reads what many keys begin with, so that it is read only once. */
  startOf(text: string, start: KeyStart = this.#seed | 0): KeyStart {
    let hash = start;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
    return hash;
  }

  /** A whole number from 0 to below the bound. */
  below(key: string, bound: number): number {
    return Math.floor(this.fraction(key) * bound);
  }

  between(key: string, least: number, most: number): number {
    return least + this.below(key, most - least + 1);
  }

  oneIn(key: string, times: number): boolean {
    return this.below(key, times) === 0;
  }

  pick<T>(key: string, choices: readonly T[]): T {
    return choices[this.below(key, choices.length)] as T;
  }

  /**
   * Lets something go wrong, or not.
   * @param draw decides it where it is not planned; undefined when all goes well
   */
  deviation<T extends {}>(
    { key, step, atMs }: Pick<Deviation, "key" | "step" | "atMs">,
    draw: () => T | undefined,
    trouble: (value: T) => string,
  ): T | undefined {
    const value = this.#planned ? (this.#planned.get(key)?.value as T | undefined) : draw();
    if (value !== undefined) this.deviations.push({ key, atMs, step, trouble: trouble(value), value });
    return value;
  }

  /** A stream of its own for each key, each number of which is from 0 to below 1. */
  stream(key: string): () => number {
    let state = Math.floor(this.fraction(key) * TWO_TO_32);
    return () => {
      // Weyl's sequence by the golden ratio, mixed.
      state = (state + 0x9e37_79b9) | 0;
      return mixed(state) / TWO_TO_32;
    };
  }
}

/** The finalizer of MurmurHash3, as a number from 0 to below 2^32. */
function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85eb_ca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2_ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
