import { PutBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { S3Event } from "aws-lambda";
import type { RunningServer } from "./server.ts";

const QUEUE = "BucketEvents";

/** Has a server that has both services send a bucket's events to a queue of its own, and reads them from there. */
export async function notifyThroughQueue(
  { url, clientConfig, account }: Pick<RunningServer, "url" | "clientConfig" | "account">,
  bucket: string,
  onEvent: (event: S3Event) => void,
): Promise<AsyncDisposable> {
  const s3 = new S3Client(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const QueueUrl = `${url}/${account}/${QUEUE}`;
  await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
  const QueueArn = `arn:aws:sqs:${clientConfig.region}:${account}:${QUEUE}`;
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] },
    }),
  );
  s3.destroy();
  let isStopped = false;
  const reading = (async () => {
    while (!isStopped) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      for (const { Body = "{}", ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        const event = JSON.parse(Body);
        // S3 tests a configuration that is new by an event without records.
        if (Array.isArray(event.Records)) onEvent(event);
      }
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      await reading.catch(() => {});
      sqs.destroy();
    },
  };
}
