import type { MoveOutcome } from "@lotes/aws";
import { type RunDate, replayMessages } from "@lotes/core";
import type { Chosen } from "./replay-choice.ts";
import type { Target } from "./target.ts";

/** What was sent, or would be. */
export interface SentReplay extends Chosen {
  readonly lotes: number;
  readonly dryRun: boolean;
  readonly dlq: MoveOutcome | { readonly waiting: number } | undefined;
}

export interface SendOptions {
  /** Whether the DeadLetterQueue's messages are sent too. */
  readonly dlq?: boolean | undefined;
  /** Whether nothing is sent, but only counted. */
  readonly dryRun?: boolean | undefined;
}

/** Sends the chosen failures back to LoteQueue. */
export async function send(
  { loteQueue, deadLetters, loteQueueUrl }: Target,
  date: RunDate,
  chosen: Chosen,
  { dlq = false, dryRun = false }: SendOptions,
): Promise<SentReplay> {
  const messages = replayMessages(chosen.entries, date);
  if (!dryRun) await loteQueue.send(messages);
  const move = async () =>
    dryRun ? { waiting: (await deadLetters.depth()).visible } : await deadLetters.moveAllTo(loteQueueUrl);
  return { ...chosen, lotes: messages.length, dryRun, dlq: dlq ? await move() : undefined };
}

/** Whether anything was sent. */
export function isAnythingSent({ dryRun, entries, dlq }: SentReplay): boolean {
  const moved = dlq && "moved" in dlq ? dlq.moved : 0;
  return !dryRun && (entries.length > 0 || moved > 0);
}
