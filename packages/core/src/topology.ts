/**
 * The numbers Lambda and SQS are set to. The stacks deploy them, the local stack obeys them, and nothing else states them.
 */

export interface FunctionLimits {
  /** A handler that runs longer is killed. */
  readonly timeoutSeconds: number;
  /** Lambda gives a function a share of a core in proportion to its memory: a whole one at 1,769 MB. */
  readonly memoryMb: number;
}

export interface EventSourceLimits {
  /** Messages in one invocation, at most. */
  readonly batchSize: number;
  /** How long Lambda gathers messages for a batch. */
  readonly windowSeconds: number;
}

/**
 * Reads 170 MB in some 3 s at the pace of one connection to S3; a lake that grows takes longer, and so does SQS on a bad day. Looking at
 * bytes is all it does, so it gets a whole core: less would take longer and cost the same.
 */
export const PRODUCER: FunctionLimits = { timeoutSeconds: 300, memoryMb: 1769 };

/**
 * A lote of 100 takes 5 s at 20 requests per second. Twelve times that lets it sit out a long `Retry-After` or an outage.
 * One lote per invocation: a crash costs one lote its attempt, not ten. It waits for TMDB most of its time: the third of a core that
 * comes with 512 MB is more than it uses.
 */
export const CONSUMER: FunctionLimits & EventSourceLimits = {
  timeoutSeconds: 60,
  memoryMb: 512,
  batchSize: 1,
  windowSeconds: 0,
};

/**
 * A read for each message and one conditional write for each date. In an outage every lote reports within seconds: gathered for 5 s
 * the ledger is written once instead of once for each. 100 reports of 100 failures are 4 MB, and Lambda hands over 6 MB at most.
 */
export const COLLECTOR: FunctionLimits & EventSourceLimits = {
  timeoutSeconds: 60,
  memoryMb: 512,
  batchSize: 100,
  windowSeconds: 5,
};

/**
 * How long SQS hides a message from other consumers while one works on it. AWS asks for at least six times the function's timeout
 * and the batching window, so that throttled and retried invocations don't meet a second delivery of the same message.
 */
export function visibilityTimeoutSeconds({
  timeoutSeconds,
  windowSeconds,
}: FunctionLimits & EventSourceLimits): number {
  return 6 * timeoutSeconds + windowSeconds;
}

/** Receives before SQS moves a message to the DeadLetterQueue. AWS asks for at least 5, since throttled receives count too. */
export const MAX_RECEIVE_COUNT = 5;

/** Lambda invokes again, twice, what failed in an asynchronous invocation: one minute, then two minutes later. */
export const ASYNC_RETRY_DELAYS_SECONDS: readonly number[] = [60, 120];
