import { inputKey, ledgerKey, ledgerPartPrefix, lotePrefix, manifestKey, runKey } from "@lotes/core/dataset/keys";
import type { FunctionName } from "@lotes/core/topology";
import { functionName } from "./names.ts";
import type { Queues } from "./queues.ts";
import type { DeploymentSettings } from "./settings.ts";

type Permission = sst.aws.FunctionPermissionArgs;

/** Any date: in a policy `*` stands for any characters, `/` among them. */
const ANY_DATE = "*";

/**
 * What each function may do, and nothing else. docs/deployment.md has this as a table, and the tests hold the two and the functions'
 * actual calls together.
 */
export function permissions(
  dataLake: sst.aws.Bucket,
  queues: Queues,
  { kmsKeyArn }: DeploymentSettings,
): Record<FunctionName, Permission[]> {
  const objects = (key: string, ...actions: string[]): Permission => ({
    actions,
    resources: [$interpolate`${dataLake.arn}/${key}`],
  });
  const run = runKey(ANY_DATE);
  const lotes = `${lotePrefix(ANY_DATE)}*`;
  const ledger = ledgerKey(ANY_DATE);
  const ledgerParts = `${ledgerPartPrefix(ANY_DATE)}*`;
  // ListBucket is for the whole bucket, also for functions that never list: without it S3 answers 403 instead of 404 for a missing file,
  // and does so too when a condition narrows it to a prefix, since reading a file has no prefix.
  const list: Permission = { actions: ["s3:ListBucket"], resources: [dataLake.arn] };
  const manifest = manifestKey(ANY_DATE);
  const { loteQueue, deadLetterQueue, producerFailures } = queues;
  // Each of them reads what others have encrypted and writes what others decrypt, in the bucket and, by Lambda, in the queues.
  const key: Permission[] =
    kmsKeyArn === undefined ? [] : [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [kmsKeyArn] }];

  return {
    producer: [
      ownLogs("producer"),
      list,
      objects(inputKey(ANY_DATE), "s3:GetObject"),
      objects(run, "s3:GetObject", "s3:PutObject"),
      objects(lotes, "s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject"),
      objects(ledger, "s3:GetObject", "s3:DeleteObject"),
      objects(ledgerParts, "s3:GetObject", "s3:DeleteObject"),
      objects(manifest, "s3:GetObject"),
      sendTo(loteQueue),
      sendTo(deadLetterQueue),
      // Lambda sends this message in the function's name, when an event has failed for good.
      sendTo(producerFailures),
      ...key,
    ],
    consumer: [
      ownLogs("consumer"),
      list,
      objects(run, "s3:GetObject"),
      objects(lotes, "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
      objects(ledger, "s3:GetObject", "s3:DeleteObject"),
      objects(ledgerParts, "s3:GetObject", "s3:DeleteObject"),
      receiveFrom(loteQueue),
      sendTo(deadLetterQueue),
      ...key,
    ],
    collector: [
      ownLogs("collector"),
      list,
      objects(run, "s3:GetObject"),
      objects(lotes, "s3:GetObject", "s3:DeleteObject"),
      objects(ledger, "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
      objects(ledgerParts, "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
      objects(manifest, "s3:GetObject", "s3:PutObject"),
      receiveFrom(deadLetterQueue),
      sendTo(deadLetterQueue),
      ...key,
    ],
  };
}

function sendTo(queue: sst.aws.Queue): Permission {
  return { actions: ["sqs:SendMessage"], resources: [queue.arn] };
}

/** What an event source mapping needs, and takes from its function's role. */
function receiveFrom(queue: sst.aws.Queue): Permission {
  return {
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    resources: [queue.arn],
  };
}

function ownLogs(service: FunctionName): Permission {
  const { region } = aws.getRegionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const { partition } = aws.getPartitionOutput();
  const group = `log-group:/aws/lambda/${functionName(service)}`;
  return {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [$interpolate`arn:${partition}:logs:${region}:${accountId}:${group}:*`],
  };
}
