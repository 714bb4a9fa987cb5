import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { LocalStack } from "../src/index.ts";

test("a stack whose functions take longer than there is patience is drained all the same, and S3 stays up", async () => {
  const invoked = Promise.withResolvers<void>();
  const stack = await LocalStack.start({
    settings: {},
    handlers: () => new URL("./lambda/handlers/batch.ts", import.meta.url).href,
    // The function prints the messages that it is given.
    onLog: () => invoked.resolve(),
  });
  const sqs = new SQSClient(stack.services.clientConfig);
  await sqs.send(new SendMessageCommand({ QueueUrl: stack.services.queueUrl("LoteQueue"), MessageBody: "hang" }));
  await invoked.promise;
  // It would go on for a minute.
  await stack.drain(0);
  expect((await fetch(stack.services.emulator.url)).status).toBeLessThan(500);
  sqs.destroy();
  await stack.stop();
});

test("a stack tells the producer of an upload as S3 does and as EventBridge does, and both tell of the same", async () => {
  // The event is JSON, as a line of the functions' log is.
  const events: unknown[] = [];
  const stack = await LocalStack.start({
    settings: {},
    handlers: () => "data:text/javascript,export const handler = async (event) => console.log(JSON.stringify(event))",
    onLog: ({ fields }) => events.push(fields),
  });
  const s3 = new S3Client(stack.services.clientConfig);
  const Key = "Raw/Local/CSV/Movies/a b+ç/movies.csv";
  const { ETag = "" } = await s3.send(new PutObjectCommand({ Bucket: stack.services.bucket, Key, Body: "1234" }));
  await expect.poll(() => events.length).toBe(2);
  s3.destroy();
  await stack.stop();

  const etag = ETag.replaceAll('"', "");
  const sequencer = expect.stringMatching(/^[0-9A-F]{18}$/);
  expect(events).toMatchObject([
    {
      Records: [
        { s3: { object: { key: "Raw/Local/CSV/Movies/a+b%2B%C3%A7/movies.csv", size: 4, eTag: etag, sequencer } } },
      ],
    },
    { source: "aws.s3", "detail-type": "Object Created", detail: { object: { key: Key, size: 4, etag, sequencer } } },
  ]);
  const sequencers = events.flatMap((event) => JSON.stringify(event).match(/"sequencer":"\w+"/g));
  expect(new Set(sequencers).size).toBe(1);
});
