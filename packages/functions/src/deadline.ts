import { CONSUMER_TIME } from "@lotes/core";
import type { Context } from "aws-lambda";

/** Instants of one invocation, by `performance.now()`: a step of the wall clock does not move them. */
export interface Deadlines {
  /** By then all fetching has to be over. */
  readonly fetching: number;
  /** By then the handler has to return. */
  readonly answer: number;
}

/** To be asked at the beginning of an invocation: Lambda tells the time left by the wall clock. */
export function deadlinesOf(context: Pick<Context, "getRemainingTimeInMillis">): Deadlines {
  const left = context.getRemainingTimeInMillis();
  const end = performance.now() + left;
  return {
    fetching: end - Math.min(CONSUMER_TIME.writesMs, left / 4),
    answer: end - Math.min(CONSUMER_TIME.answerMs, left / 20),
  };
}
