/**
 * How long one call to S3 or SQS may take. Both answer within some 100 ms; a connection that is dead must not use up the time of the
 * function, which the SDK would otherwise wait for without end. The SDK tries a call three times, but a
 * conditional write or removal once.
 */
export const CALL_TIMEOUTS = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
