import { isDeepStrictEqual } from "node:util";
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { CALL_TIMEOUTS } from "./call-timeouts.ts";

/** Somebody else changes a bucket's notifications at the same time. */
export class NotificationsChangedError extends Error {
  override readonly name = "NotificationsChangedError";
}

/** What became of a bucket's notifications. */
export interface EventBridgeSwitch {
  /** Whether it was off before. */
  readonly switched: boolean;
  /** The ARNs of the functions, queues and topics that the bucket notifies, before and after. */
  readonly notified: readonly string[];
}

/**
 * Has a bucket send its events to EventBridge, and leaves its other notifications as they are. S3 keeps one configuration for a bucket and
 * takes it whole, without a condition: it is read, completed, written, and read again.
 * @param config beyond what the environment says
 * @throws {NotificationsChangedError} when the configuration changes meanwhile
 */
export async function switchOnEventBridge(bucket: string, config: S3ClientConfig = {}): Promise<EventBridgeSwitch> {
  const s3 = new S3Client({ ...CALL_TIMEOUTS, followRegionRedirects: true, ...config });
  try {
    const before = await read(s3, bucket);
    const notified = targetsOf(before);
    if (before.EventBridgeConfiguration !== undefined) return { switched: false, notified };
    // Signing in and finding the region may have taken seconds since then.
    if (!areSame(before, await read(s3, bucket))) {
      throw new NotificationsChangedError(
        `somebody else has changed the notifications of ${bucket} just now: nothing was written. Try again`,
      );
    }
    const wanted: NotificationConfiguration = { ...before, EventBridgeConfiguration: {} };
    await write(s3, bucket, wanted);
    const after = await read(s3, bucket);
    if (areSame(wanted, after)) return { switched: true, notified };
    throw new NotificationsChangedError(
      `the notifications of ${bucket} are not what was written, so somebody else has changed them at the same time. ` +
        `Written: EventBridge, ${inWords(notified)}. There now: ${after.EventBridgeConfiguration ? "EventBridge, " : ""}${inWords(targetsOf(after))}. ` +
        "See with their owner that nothing is missing, then try again",
    );
  } finally {
    s3.destroy();
  }
}

async function read(s3: S3Client, bucket: string): Promise<NotificationConfiguration> {
  const { $metadata: _, ...configuration } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
  );
  return configuration;
}

async function write(s3: S3Client, bucket: string, configuration: NotificationConfiguration): Promise<void> {
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: configuration,
      // The others' targets are not ours to judge: one that is gone would stop this, and each would get a test message.
      SkipDestinationValidation: true,
    }),
  );
}

/** S3 tells a configuration in an order of its own, and may leave out what is empty. */
function areSame(one: NotificationConfiguration, other: NotificationConfiguration): boolean {
  const isOn = (configuration: NotificationConfiguration) => configuration.EventBridgeConfiguration !== undefined;
  return isOn(one) === isOn(other) && isDeepStrictEqual(inOneOrder(one), inOneOrder(other));
}

function inOneOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(inOneOrder(each))).toSorted();
  const fields = Object.entries(value).map(([name, field]) => [name, inOneOrder(field)] as const);
  const given = fields.filter(([, field]) => field !== undefined && Object.keys(Object(field)).length > 0);
  return Object.fromEntries(given.toSorted(([a], [b]) => a.localeCompare(b)));
}

function targetsOf({
  LambdaFunctionConfigurations = [],
  QueueConfigurations = [],
  TopicConfigurations = [],
}: NotificationConfiguration): string[] {
  return [
    ...LambdaFunctionConfigurations.map(({ LambdaFunctionArn }) => LambdaFunctionArn),
    ...QueueConfigurations.map(({ QueueArn }) => QueueArn),
    ...TopicConfigurations.map(({ TopicArn }) => TopicArn),
  ].filter((arn) => arn !== undefined);
}

function inWords(arns: readonly string[]): string {
  return arns.length === 0 ? "no other" : arns.join(", ");
}
