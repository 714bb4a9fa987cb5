import type { RunPlace } from "@lotes/console/run-reader";
import { COMMAND } from "./command-name.ts";
import type { Target } from "./target.ts";
import { queueDepths } from "./watch.ts";

/** A target as the page looks at it. */
export function reportPlace(target: Target, { budget, stage }: PlaceOptions): RunPlace {
  const { name, bucket, store } = target;
  const command = { name: COMMAND, flags: stage === undefined ? "" : ` --stage ${stage}` };
  return { name, bucket, store, queues: () => queueDepths(target), command, budget };
}

export interface PlaceOptions {
  /** Requests to TMDB a second. */
  readonly budget: number;
  /** As it was given; undefined for the local stack. */
  readonly stage: string | undefined;
}
