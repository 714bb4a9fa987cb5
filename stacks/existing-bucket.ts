import type { GetBucketNotificationConfigurationCommandOutput } from "@aws-sdk/client-s3";

/** Deploying would do harm. The message is for the operator: what is wrong, and what to do. */
export class DeploymentRefusedError extends Error {
  override readonly name = "DeploymentRefusedError";
}

/**
 * S3 keeps one notification configuration for a bucket, and a deployment with TRIGGER=s3 writes all of it: notifications that somebody else
 * has set up on a data lake would be gone.
 * @param producer the name of this stage's producer, whose notification may be there already
 * @throws {DeploymentRefusedError} when the bucket has notifications that are not of this stage, or can't be read
 */
export async function assertNoOtherNotifications(bucket: string, producer: string): Promise<void> {
  const others = targetsOf(await notificationsOf(bucket)).filter((target) => !isOf(producer, target));
  if (others.length === 0) return;
  throw new DeploymentRefusedError(
    `${bucket} has notifications of its own (to ${others.join(", ")}), which this deployment would remove: ` +
      `S3 keeps one configuration for a bucket. Deploy with TRIGGER=eventbridge, which leaves them as they are`,
  );
}

/**
 * A rule of EventBridge sees the uploads to a bucket once the bucket sends its events there.
 * @param producer the name of this stage's producer
 * @returns whether the bucket still notifies the producer, as an earlier deployment with TRIGGER=s3 has set it up
 * @throws {DeploymentRefusedError} when the bucket sends nothing to EventBridge, or its notifications can't be read
 */
export async function assertEventBridge(bucket: string, producer: string): Promise<boolean> {
  const notifications = await notificationsOf(bucket);
  if (notifications.EventBridgeConfiguration === undefined) {
    throw new DeploymentRefusedError(
      `${bucket} does not send its events to EventBridge, as TRIGGER=eventbridge needs it: switch that on with ` +
        `\`./lotes eventbridge ${bucket}\`, which leaves the bucket's notifications as they are, and deploy again`,
    );
  }
  return targetsOf(notifications).some((target) => isOf(producer, target));
}

function isOf(producer: string, target: string): boolean {
  return target.endsWith(`:function:${producer}`);
}

async function notificationsOf(bucket: string): Promise<GetBucketNotificationConfigurationCommandOutput> {
  // SST has the SDK, but only once it is installed, which is after it has evaluated its configuration for the first time.
  const { GetBucketNotificationConfigurationCommand, S3Client } = await import("@aws-sdk/client-s3");
  try {
    return await new S3Client({}).send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
  } catch (cause) {
    throw new DeploymentRefusedError(
      `the notifications of ${bucket} can't be read (${(cause as Error).message}): ` +
        `DATA_LAKE_BUCKET must name a bucket of this account and region, and you need s3:GetBucketNotification on it`,
      { cause },
    );
  }
}

function targetsOf(configuration: GetBucketNotificationConfigurationCommandOutput): string[] {
  const { LambdaFunctionConfigurations, QueueConfigurations, TopicConfigurations, EventBridgeConfiguration } =
    configuration;
  return [
    ...(LambdaFunctionConfigurations ?? []).map((each) => each.LambdaFunctionArn ?? "a function"),
    ...(QueueConfigurations ?? []).map((each) => each.QueueArn ?? "a queue"),
    ...(TopicConfigurations ?? []).map((each) => each.TopicArn ?? "a topic"),
    ...(EventBridgeConfiguration ? ["EventBridge"] : []),
  ];
}
