import type { Random } from "@lotes/local/sample/random";

/** How Lambda freezes environments: always between two invocations, and in the middle of some. */
export interface Freezes {
  /** One invocation in so many is frozen in its middle. */
  readonly oneIn: number;
  /** So long after its beginning, and for so long, at the most. */
  readonly latestMs: number;
  readonly longestMs: number;
  /** One freeze in so many is long enough for the other ends to close what is idle. */
  readonly closeOneIn: number;
}

export function freezesOf(random: Random): Freezes {
  return {
    oneIn: random.pick([2, 4, 1_000]),
    latestMs: random.pick([300, 2_000]),
    longestMs: random.pick([300, 2_500]),
    closeOneIn: random.pick([1, 2, 4]),
  };
}
