import type { Choices } from "./choices.ts";
import type { Others } from "./held-answers.ts";

/** What goes wrong with one call over the network. */
export type Fault =
  /** The process dies as it is about to send it, or with the answer on its way. */
  | { readonly kind: "dies before" | "dies after" }
  /** The connection breaks before the service has the call, or after it has done it. */
  | { readonly kind: "unsent" }
  /** The service has done the call, and its answer is lost. The process learns of that so much later, or when another one has changed the same object. */
  | { readonly kind: "answer lost"; readonly afterMs: number | "changed" }
  | { readonly kind: "slow"; readonly ms: number }
  /** Its answer, or a write itself, comes when other processes have done something. */
  | { readonly kind: "overtaken"; readonly others: Others }
  /** The service answers with an error: throttled, broken, or (a conditional write) in conflict with another one. */
  | { readonly kind: "throttled" | "broken" | "conflict" }
  /** SQS takes a part of the batch. */
  | { readonly kind: "in part" };

export type FaultKind = Fault["kind"];

export interface Call {
  readonly service: "s3" | "sqs" | "tmdb";
  /** What it is for, as in "reads the run file". */
  readonly does: string;
  /** The key in S3, or the beginning of the keys that are listed. */
  readonly key?: string | undefined;
  readonly conditional?: boolean;
  readonly batch?: boolean;
  /** Whether its process meets another one that is at work on the same object. */
  readonly isMet?: boolean;
  /** Whether the write of its process before it has missed another one. */
  readonly hasMissed?: boolean;
  /** Whether its invocation has written the object, and looks at it or removes it for the first time since. */
  readonly comesBack?: boolean;
}

/** How much longer a call takes that is slow. */
const SLOW_MS = { least: 20, most: 500 };

/** Draws how slow a call is. */
export function drawSlow(key: string, choices: Choices): Fault {
  return { kind: "slow", ms: choices.between(`${key} slow`, SLOW_MS.least, SLOW_MS.most) };
}
