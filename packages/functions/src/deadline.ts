import type { Context } from "aws-lambda";

// The lote's file and the report take some 100 ms, and two seconds more where an earlier run's file had the same bytes; this lets each of
// their calls run into its timeout once and be tried again.
const FOR_THE_WRITES_MS = 10_000;

// What a handler may still have to do after its last wait: its answer leaves within a millisecond, on a crowded machine within a hundred.
const FOR_THE_ANSWER_MS = 500;

/** Instants of one invocation, by `performance.now()`: a step of the wall clock does not move them. */
export interface Deadlines {
  /** By then all fetching has to be over. Of a time too short for the full reserve, a quarter is kept. */
  readonly fetching: number;
  /** By then the handler has to return. Of a time too short for the full reserve, a twentieth is kept. */
  readonly answer: number;
}

/** To be asked at the beginning of an invocation: Lambda tells the time left by the wall clock. */
export function deadlinesOf(context: Pick<Context, "getRemainingTimeInMillis">): Deadlines {
  const left = context.getRemainingTimeInMillis();
  const end = performance.now() + left;
  return {
    fetching: end - Math.min(FOR_THE_WRITES_MS, left / 4),
    answer: end - Math.min(FOR_THE_ANSWER_MS, left / 20),
  };
}
