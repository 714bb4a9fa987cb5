import { weighted } from "@lotes/local/sample/random";
import type { Choices } from "./choices.ts";
import type { Others } from "./held-answers.ts";
import type { Call } from "./troubles.ts";

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
export function drawOthers(key: string, { does, conditional = false }: Call, choices: Choices): Others {
  // A removal may do harm if it comes more than two seconds after the look at its file, as docs/reliability.md says. So none is late.
  const isWrite = conditional && !does.startsWith("removes ");
  const which = choices.pick(`${key} others`, isWrite ? WRITE_OVERTAKEN_BY : OVERTAKEN_BY);
  switch (which) {
    case "calls":
      return { which, calls: choices.pick(`${key} calls`, OTHERS_CALLS) };
    case "writes":
      return { which, calls: choices.pick(`${key} calls`, OTHERS_WRITES) };
    default:
      return { which, calls: 1 };
  }
}
