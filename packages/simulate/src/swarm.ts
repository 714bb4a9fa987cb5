import { weighted } from "@lotes/local/sample/random";
import type { Choices } from "./choices.ts";
import type { FaultKind } from "./fault.ts";

/**
 * What a schedule has more of than others. Where each had a little of everything, what needs much of two things would hardly ever happen (swarm testing:
 * Groce and others, ISSTA 2012).
 */
export interface Swarm {
  /** What goes wrong with calls, each as often as it stands here. */
  readonly kinds: readonly FaultKind[];
  /** Whether processes miss each other wherever they can, and S3 may go out when they have. */
  readonly misses: boolean;
  /** Whether a write of a lote is late by so much that another process writes the same lote. */
  readonly hasRivals: boolean;
  /** Whether messages come without delay, the second copies of some aside. */
  readonly isPrompt: boolean;
  /** Whether producers die more often than others: an upload needs but one, which would seldom die at a given step. */
  readonly producersDie: boolean;
}

const KINDS = weighted<FaultKind>([
  ["dies before", 3],
  ["dies after", 3],
  ["unsent", 2],
  ["answer lost", 4],
  ["slow", 4],
  ["overtaken", 4],
  ["throttled", 2],
  ["broken", 2],
  ["conflict", 3],
  ["in part", 3],
]);
// One schedule in so many has a few of the kinds only.
const FEW_KINDS_ONE_IN = 2;
const FEW = 3;
// Each as often as it stands here.
const PACES = ["misses", "prompt", "any"] as const;
const PRODUCERS_DIE_ONE_IN = 3;
const RIVALS_ONE_IN = 4;

export function swarmOf(choices: Choices): Swarm {
  const few = Array.from({ length: FEW }, (_, nth) => choices.pick(`swarm kind ${nth}`, KINDS));
  const pace = choices.pick("swarm pace", PACES);
  return {
    kinds: choices.oneIn("swarm has few kinds", FEW_KINDS_ONE_IN) ? few : KINDS,
    misses: pace === "misses",
    hasRivals: choices.oneIn("swarm has rivals", RIVALS_ONE_IN),
    isPrompt: pace !== "any",
    producersDie: choices.oneIn("swarm lets producers die", PRODUCERS_DIE_ONE_IN),
  };
}
