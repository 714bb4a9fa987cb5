import type { Context } from "aws-lambda";

// The lote's file and the report take some 100 ms, and two seconds more where an earlier run's file had the same bytes; this lets each of
// their calls run into its timeout once and be tried again.
const FOR_THE_WRITES_MS = 10_000;

/**
 * The instant (ms since the epoch) by which all fetching has to be over. Of a time too short for the full reserve, a quarter is kept.
 */
export function deadlineOf(context: Pick<Context, "getRemainingTimeInMillis">): number {
  const left = context.getRemainingTimeInMillis();
  return Date.now() + left - Math.min(FOR_THE_WRITES_MS, left / 4);
}
