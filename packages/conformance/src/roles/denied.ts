import type { FunctionName } from "@lotes/core";
import { inputKey, ledgerKey, loteKey, manifestKey, runKey } from "@lotes/core";
import type { DeployedNames, IamRequest } from "./iam-calls.ts";

const DATE = "2026/11/23";

/** What no function may do. */
function forAll({ bucketArn, queueArn }: DeployedNames): IamRequest[] {
  const lote = `${bucketArn}/${loteKey(DATE, 1)}`;
  return [
    { action: "s3:PutObject", resource: `${bucketArn}/${inputKey(DATE)}` },
    { action: "s3:DeleteObject", resource: `${bucketArn}/${inputKey(DATE)}` },
    { action: "s3:DeleteObject", resource: `${bucketArn}/${runKey(DATE)}` },
    { action: "s3:DeleteObject", resource: `${bucketArn}/${manifestKey(DATE)}` },
    { action: "s3:DeleteObjectVersion", resource: lote },
    { action: "s3:PutObjectAcl", resource: lote },
    { action: "s3:GetObject", resource: `${bucketArn}/Raw/other.json` },
    { action: "s3:GetObject", resource: `${bucketArn}-of-others/${loteKey(DATE, 1)}` },
    { action: "s3:ListBucket", resource: `${bucketArn}-of-others` },
    { action: "s3:PutBucketPolicy", resource: bucketArn },
    { action: "s3:PutBucketNotification", resource: bucketArn },
    { action: "s3:DeleteBucket", resource: bucketArn },
    { action: "sqs:PurgeQueue", resource: queueArn("LoteQueue") },
    { action: "sqs:DeleteQueue", resource: queueArn("DeadLetterQueue") },
    { action: "sqs:SetQueueAttributes", resource: queueArn("LoteQueue") },
    { action: "sqs:SendMessage", resource: `${queueArn("LoteQueue")}-of-others` },
    { action: "logs:PutLogEvents", resource: "arn:aws:logs:us-east-1:123456789012:log-group:of-others:log-stream:a" },
    { action: "lambda:InvokeFunction", resource: "arn:aws:lambda:us-east-1:123456789012:function:of-others" },
    { action: "iam:PassRole", resource: "arn:aws:iam::123456789012:role/of-others" },
    { action: "sts:AssumeRole", resource: "arn:aws:iam::123456789012:role/of-others" },
    { action: "ssm:GetParameter", resource: "arn:aws:ssm:us-east-1:123456789012:parameter/of-others" },
    { action: "kms:Decrypt", resource: "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000" },
  ];
}

/** What each function must not do, beside that: the work of another one. */
export function mustBeDenied(name: FunctionName, names: DeployedNames): IamRequest[] {
  const { bucketArn, queueArn } = names;
  const put = (key: string) => ({ action: "s3:PutObject", resource: `${bucketArn}/${key}` });
  const own: Readonly<Record<FunctionName, IamRequest[]>> = {
    producer: [
      put(loteKey(DATE, 1)),
      put(ledgerKey(DATE)),
      put(manifestKey(DATE)),
      { action: "sqs:ReceiveMessage", resource: queueArn("LoteQueue") },
    ],
    consumer: [
      put(runKey(DATE)),
      put(ledgerKey(DATE)),
      put(manifestKey(DATE)),
      { action: "s3:GetObject", resource: `${bucketArn}/${inputKey(DATE)}` },
      { action: "sqs:SendMessage", resource: queueArn("LoteQueue") },
      { action: "sqs:ReceiveMessage", resource: queueArn("DeadLetterQueue") },
    ],
    collector: [
      put(runKey(DATE)),
      put(loteKey(DATE, 1)),
      { action: "s3:GetObject", resource: `${bucketArn}/${inputKey(DATE)}` },
      { action: "sqs:SendMessage", resource: queueArn("LoteQueue") },
      { action: "sqs:DeleteMessage", resource: queueArn("LoteQueue") },
    ],
  };
  return [...forAll(names), ...own[name]];
}
