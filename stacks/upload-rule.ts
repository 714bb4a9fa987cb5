import { INPUT_EVENTS } from "@lotes/core/dataset/keys";
import { stageName } from "./names.ts";

// EventBridge's own defaults. They are for an event that Lambda does not take; what the producer fails at is Lambda's to repeat.
const KEEP_TRYING_SECONDS = 24 * 60 * 60;
const MOST_RETRIES = 185;

/**
 * Calls the producer for each upload to a bucket that sends its events to EventBridge. Nothing about the bucket changes.
 * @param failures gets what the producer could not be called for
 * @returns the rule, which sends in its own name to `failures`
 */
export function uploadRule(bucket: string, producer: sst.aws.Function, failures: sst.aws.Queue) {
  const rule = new aws.cloudwatch.EventRule("UploadRule", {
    name: stageName("uploads"),
    description: `Each new movies.csv in ${bucket} calls ${stageName("producer")}`,
    eventPattern: JSON.stringify({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [bucket] },
        // The same keys as the notification's filter has. In a wildcard `*` stands for any characters, `/` among them.
        object: { key: [{ wildcard: `${INPUT_EVENTS.prefix}*${INPUT_EVENTS.suffix}` }] },
      },
    }),
  });
  new aws.lambda.Permission("UploadRulePermission", {
    action: "lambda:InvokeFunction",
    function: producer.name,
    principal: "events.amazonaws.com",
    sourceArn: rule.arn,
  });
  new aws.cloudwatch.EventTarget("UploadRuleTarget", {
    rule: rule.name,
    arn: producer.arn,
    retryPolicy: { maximumEventAgeInSeconds: KEEP_TRYING_SECONDS, maximumRetryAttempts: MOST_RETRIES },
    deadLetterConfig: { arn: failures.arn },
  });
  return rule;
}
