import { INPUT_EVENTS } from "@lotes/core/dataset/keys";
import { COLLECTOR, CONSUMER, type EventSourceLimits } from "@lotes/core/topology";
import type { Functions } from "./functions.ts";
import type { Queues } from "./queues.ts";
import type { DeploymentSettings } from "./settings.ts";
import { uploadRule } from "./upload-rule.ts";

// The least that SQS takes. The collector's reserved concurrency of 1 is below it, and the second poller's batches wait.
const LEAST_MAXIMUM_CONCURRENCY = 2;

/**
 * What makes the functions run: a new CSV, a lote, a failure.
 * @returns the rule of EventBridge that tells of a new CSV, where there is one
 */
export function triggers(
  dataLake: sst.aws.Bucket,
  { loteQueue, deadLetterQueue, producerFailures }: Queues,
  { producer, consumer, collector }: Functions,
  settings: DeploymentSettings,
): aws.cloudwatch.EventRule | undefined {
  // The same number as the reserved concurrency: were it higher, the pollers would receive lotes that no consumer is free for, and
  // each such receive counts towards the five after which SQS gives a lote up.
  loteQueue.subscribe(consumer.arn, source(CONSUMER, settings.consumerConcurrency));
  deadLetterQueue.subscribe(collector.arn, source(COLLECTOR, LEAST_MAXIMUM_CONCURRENCY));
  if (settings.existingBucket !== undefined && settings.trigger === "eventbridge") {
    return uploadRule(settings.existingBucket, producer, producerFailures);
  }
  notification(dataLake, producer, settings);
  return undefined;
}

/** All of the bucket's notifications: S3 keeps one configuration for a bucket. */
function notification(dataLake: sst.aws.Bucket, producer: sst.aws.Function, { existingBucket }: DeploymentSettings) {
  // A bucket's name may belong to somebody else one day. SST names the bucket alone in the function's policy.
  const { accountId } = aws.getCallerIdentityOutput();
  $transform(aws.lambda.Permission, (permission) => {
    permission.sourceAccount = accountId;
  });
  dataLake.notify({
    notifications: [
      {
        name: "Producer",
        function: producer.arn,
        events: ["s3:ObjectCreated:*"],
        filterPrefix: INPUT_EVENTS.prefix,
        filterSuffix: INPUT_EVENTS.suffix,
      },
    ],
    transform: {
      notification: (configuration, options) => {
        // By EventBridge, a new _manifest.json can start the next step. An existing bucket stays as its owner has set it.
        if (existingBucket === undefined) configuration.eventbridge = true;
        // To remove it would be to write an empty configuration, without what somebody else has added since.
        else options.retainOnDelete = true;
      },
    },
  });
}

function source(
  { batchSize, windowSeconds }: EventSourceLimits,
  maximumConcurrency: number,
): sst.aws.QueueSubscriberArgs {
  return {
    batch: { size: batchSize, window: `${windowSeconds} seconds`, partialResponses: true },
    transform: { eventSourceMapping: { scalingConfig: { maximumConcurrency } } },
  };
}
