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
  /** Where producers die more often than others: an upload needs but one, which would seldom die at a given step. Undefined for nowhere. */
  readonly producersDie: "anywhere" | "when they send" | undefined;
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
const PRODUCERS_DIE = [undefined, undefined, "anywhere", "when they send"] as const;
const RIVALS_OF_SAME_CSV_ONE_IN = 2;
const RIVALS_ONE_IN = 8;

/** @param hasSameCsv whether a date gets the same CSV once more: only the runs of such a one write the same bytes */
export function swarmOf(choices: Choices, hasSameCsv: boolean): Swarm {
  const few = Array.from({ length: FEW }, (_, nth) => choices.pick(`swarm kind ${nth}`, KINDS));
  const pace = choices.pick("swarm pace", PACES);
  return {
    kinds: choices.oneIn("swarm has few kinds", FEW_KINDS_ONE_IN) ? few : KINDS,
    misses: pace === "misses",
    hasRivals: choices.oneIn("swarm has rivals", hasSameCsv ? RIVALS_OF_SAME_CSV_ONE_IN : RIVALS_ONE_IN),
    isPrompt: pace !== "any",
    producersDie: choices.pick("swarm lets producers die", PRODUCERS_DIE),
  };
}
