/**
 * The numbers Lambda and SQS are set to. The stacks deploy them, the local stack obeys them, and nothing else states them.
 */

export interface FunctionLimits {
  /** A handler that runs longer is killed. */
  readonly timeoutSeconds: number;
}

export interface EventSourceLimits {
  /** Messages in one invocation, at most. */
  readonly batchSize: number;
}

/** Reads 170 MB in some 5 s on Lambda's slower cores; ten times that for a lake that grows, and SQS on a bad day. */
export const PRODUCER: FunctionLimits = { timeoutSeconds: 300 };

/**
 * A lote of 100 takes 5 s at 20 requests per second. Twelve times that lets it sit out a long `Retry-After` or an outage.
 * One lote per invocation: a crash costs one lote its attempt, not ten.
 */
export const CONSUMER: FunctionLimits & EventSourceLimits = { timeoutSeconds: 60, batchSize: 1 };

/** A few reads and one conditional write per date. Ten messages are the most that SQS hands out without a batching window. */
export const COLLECTOR: FunctionLimits & EventSourceLimits = { timeoutSeconds: 60, batchSize: 10 };

/**
 * How long SQS hides a message from other consumers while one works on it. AWS asks for at least six times the function's timeout,
 * so that throttled and retried invocations don't meet a second delivery of the same message.
 */
export function visibilityTimeoutSeconds({ timeoutSeconds }: FunctionLimits): number {
  return 6 * timeoutSeconds;
}

/** Receives before SQS moves a message to the DeadLetterQueue. AWS asks for at least 5, since throttled receives count too. */
export const MAX_RECEIVE_COUNT = 5;

/** Lambda invokes again, twice, what failed in an asynchronous invocation: one minute, then two minutes later. */
export const ASYNC_RETRY_DELAYS_SECONDS: readonly number[] = [60, 120];
