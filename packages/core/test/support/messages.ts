import type { Failure, Message } from "../../src/stages/message.ts";

/** Why ids of a message had failed; nothing for a message that tells of no failures. */
export function failuresIn(message: Message): readonly Failure[] {
  return "failures" in message ? message.failures : [];
}
