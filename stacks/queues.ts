import { COLLECTOR, CONSUMER, MAX_RECEIVE_COUNT, visibilityTimeoutSeconds } from "@lotes/core/topology";
import type { DeploymentSettings } from "./settings.ts";

// SQS's most. Longer than LoteQueue's four days, since a message that is moved keeps its age; and time to mend what failed.
const KEEP_FAILURES_SECONDS = 14 * 24 * 60 * 60;

export type Queues = ReturnType<typeof queues>;

/** Lotes to do, what failed of them, and the events of uploads that the producer could not handle. */
export function queues({ kmsKeyArn }: DeploymentSettings) {
  const encrypted = kmsKeyArn === undefined ? ENCRYPTED : { kmsMasterKeyId: kmsKeyArn };
  const deadLetterQueue = new sst.aws.Queue(COLLECTOR.queue, {
    visibilityTimeout: `${visibilityTimeoutSeconds(COLLECTOR)} seconds`,
    transform: { queue: { ...encrypted, messageRetentionSeconds: KEEP_FAILURES_SECONDS } },
  });
  const loteQueue = new sst.aws.Queue(CONSUMER.queue, {
    visibilityTimeout: `${visibilityTimeoutSeconds(CONSUMER)} seconds`,
    dlq: { queue: deadLetterQueue.arn, retry: MAX_RECEIVE_COUNT },
    transform: { queue: encrypted },
  });
  // Its messages are events, without data of the lake: so EventBridge, which sends there too, needs no part in the key's policy.
  const producerFailures = new sst.aws.Queue("ProducerFailures", {
    transform: { queue: { ...ENCRYPTED, messageRetentionSeconds: KEEP_FAILURES_SECONDS } },
  });
  return { deadLetterQueue, loteQueue, producerFailures };
}

/** Encrypted with keys that SQS manages, at no cost. */
const ENCRYPTED = { sqsManagedSseEnabled: true };
