import { weighted } from "@lotes/local/sample/random";
import type { Choices } from "./choices.ts";
import type { Call } from "./fault.ts";
import type { Others } from "./held-answers.ts";
import type { Swarm } from "./swarm.ts";

/** What two runs may write at once, the same bytes among them. */
export const RIVALRY = "writes a lote";

/** What overtakes the answer to a read, or to what is sent to a queue. */
const OVERTAKEN_BY = weighted<Others["which"]>([
  ["calls", 1],
  ["writes", 2],
  ["changes", 4],
]);
/** What overtakes a write. */
const WRITE_OVERTAKEN_BY = weighted<Others["which"]>([
  ["calls", 1],
  ["writes", 1],
  ["looks", 2],
  ["misses", 4],
]);
const OTHERS_CALLS = [1, 2, 4, 8, 16, 32];
const OTHERS_WRITES = [1, 2, 3];

/** Draws what a call is overtaken by. */
export function drawOthers(
  key: string,
  { conditional = false, does }: Pick<Call, "conditional" | "does">,
  choices: Choices,
  { misses, hasRivals }: Pick<Swarm, "misses" | "hasRivals">,
): Others {
  if (hasRivals && does === RIVALRY) return { which: "rivals", calls: 1 };
  if (conditional && misses) return { which: "misses", calls: 1 };
  const which = choices.pick(`${key} others`, conditional ? WRITE_OVERTAKEN_BY : OVERTAKEN_BY);
  switch (which) {
    case "calls":
      return { which, calls: choices.pick(`${key} calls`, OTHERS_CALLS) };
    case "writes":
      return { which, calls: choices.pick(`${key} calls`, OTHERS_WRITES) };
    default:
      return { which, calls: 1 };
  }
}
