/**
 * A message that fails is told of in the response, also when it is the only one. By default Powertools would throw then: Lambda would count an
 * error, log it a second time and poll more slowly, and the alarm on errors would sound for what SQS delivers again by itself.
 */
export const PARTIAL_RESPONSE = { throwOnFullBatchFailure: false } as const;
