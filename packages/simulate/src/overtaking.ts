import { weighted } from "@lotes/local/sample/random";
import type { Choices } from "./choices.ts";
import type { Call } from "./fault.ts";
import type { Others } from "./held-answers.ts";

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

/**
 * Draws what a call is overtaken by.
 * @param misses whether processes miss each other wherever they can
 */
export function drawOthers(key: string, { conditional = false }: Call, choices: Choices, misses: boolean): Others {
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
