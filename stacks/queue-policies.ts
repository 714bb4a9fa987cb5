import type { Queues } from "./queues.ts";

type UploadRule = aws.cloudwatch.EventRule;

/**
 * Who else may use the queues, beside those whose own policies allow it: nobody, and nobody at all without TLS.
 * @param uploadRule sends what it can't call the producer for to ProducerFailures
 */
export function queuePolicies({ loteQueue, deadLetterQueue, producerFailures }: Queues, uploadRule?: UploadRule): void {
  policy("LoteQueue", loteQueue);
  policy("DeadLetterQueue", deadLetterQueue);
  policy("ProducerFailures", producerFailures, ...(uploadRule ? [sentBy(uploadRule, producerFailures)] : []));
}

type Statement = aws.types.input.iam.GetPolicyDocumentStatementArgs;

function policy(name: string, { arn, url }: sst.aws.Queue, ...allowed: Statement[]): void {
  const withoutTls: Statement = {
    effect: "Deny",
    principals: [{ type: "*", identifiers: ["*"] }],
    actions: ["sqs:*"],
    resources: [arn],
    conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
  };
  new aws.sqs.QueuePolicy(`${name}Policy`, {
    queueUrl: url,
    policy: aws.iam.getPolicyDocumentOutput({ statements: [withoutTls, ...allowed] }).json,
  });
}

function sentBy(rule: UploadRule, { arn }: sst.aws.Queue): Statement {
  return {
    effect: "Allow",
    principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
    actions: ["sqs:SendMessage"],
    resources: [arn],
    conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [rule.arn] }],
  };
}
