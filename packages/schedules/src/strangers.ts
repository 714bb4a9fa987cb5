import type { QueueName } from "@lotes/core/topology";
import type { Random } from "@lotes/local/sample/random";
import { happens, ONE_IN } from "./one-in.ts";
import type { Size } from "./size.ts";

/** A message that somebody else sends. */
export interface StrangersMessage {
  readonly queue: QueueName;
  readonly body: string;
}

const NONSENSE = [
  "hello",
  "{}",
  '{"version":2}',
  "[]",
  '{"version":1,"run":"r","date":"2026/13/40","lote":1,"ids":[]}',
];

/** What strangers send: one small message, or several that may be large. */
export function strangersOf(
  random: Random,
  { strangers: most, largeMessageBytes }: Pick<Size, "strangers" | "largeMessageBytes">,
): StrangersMessage[] {
  if (!happens(random, ONE_IN.strangers)) return [];
  const queue = random.pick(["LoteQueue", "DeadLetterQueue"] as const);
  if (random.oneIn(2)) return [{ queue, body: random.pick(NONSENSE) }];
  return Array.from({ length: random.between(1, most) }, (_, nth) => {
    const text = random.pick([`{"nth":${nth},"text":"`, `${nth} ção `, `${nth} x`]);
    return { queue, body: text + "x".repeat(random.pick([0, 1_000, largeMessageBytes - text.length - 10])) };
  });
}
