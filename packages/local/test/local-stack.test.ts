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
