import {
  ASYNC_RETRY_DELAYS_SECONDS,
  COLLECTOR,
  CONSUMER,
  type FunctionLimits,
  MAX_RECEIVE_COUNT,
  PRODUCER,
  visibilityTimeoutSeconds,
} from "@lotes/core";

/** How long things may take in the local stack. */
export interface Timing {
  readonly producerTimeoutMs: number;
  readonly consumerTimeoutMs: number;
  readonly collectorTimeoutMs: number;
  /** Whole seconds, as SQS takes them. */
  readonly loteVisibilitySeconds: number;
  readonly deadLetterVisibilitySeconds: number;
  readonly maxReceiveCount: number;
  /** The waits before each repeated asynchronous invocation of the producer. */
  readonly producerRetryDelaysMs: readonly number[];
}

const ms = ({ timeoutSeconds }: FunctionLimits) => timeoutSeconds * 1000;

/** As deployed. */
export const DEPLOYED_TIMING: Timing = {
  producerTimeoutMs: ms(PRODUCER),
  consumerTimeoutMs: ms(CONSUMER),
  collectorTimeoutMs: ms(COLLECTOR),
  loteVisibilitySeconds: visibilityTimeoutSeconds(CONSUMER),
  deadLetterVisibilitySeconds: visibilityTimeoutSeconds(COLLECTOR),
  maxReceiveCount: MAX_RECEIVE_COUNT,
  producerRetryDelaysMs: ASYNC_RETRY_DELAYS_SECONDS.map((seconds) => seconds * 1000),
};
