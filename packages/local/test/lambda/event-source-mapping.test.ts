import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEPLOYED_TIMING, LocalServices, type QueueName } from "../../src/index.ts";
import { EventSourceMapping } from "../../src/lambda/event-source-mapping.ts";
import { type Invoked, LambdaFunction } from "../../src/lambda/lambda-function.ts";
import { scripted } from "../support/scripted.ts";
import { answer } from "./handlers/batch.ts";

const SOON = { timeout: 120_000, interval: 50 };

let services: LocalServices;
let sqs: SQSClient;
/** What the function was invoked with, a batch each. */
let batches: SQSRecord[][];
let errors: string[];
let stops: (() => Promise<void>)[];
beforeEach(async () => {
  const timing = { ...DEPLOYED_TIMING, loteVisibilitySeconds: 1, maxReceiveCount: 2 };
  services = await LocalServices.start(timing, { port: 0 });
  sqs = new SQSClient(services.clientConfig);
  batches = [];
  errors = [];
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
  sqs.destroy();
  await services.stop();
});

function map({ batchSize = 10, invoked = batch() } = {}): EventSourceMapping {
  const mapping = new EventSourceMapping(invoked, {
    sqs,
    queueUrl: services.queueUrl("LoteQueue"),
    queueArn: services.queueArn("LoteQueue"),
    batchSize,
    concurrency: 1,
    onError: ({ message }) => errors.push(message),
  });
  stops.unshift(() => mapping.stop());
  return mapping;
}

function batch(): Invoked {
  return scripted<SQSEvent>((event) => {
    batches.push(event.Records);
    return answer(event);
  }).function;
}

/** In a thread, which can be killed. */
function killable(timeoutMs: number): Invoked {
  const lambda = new LambdaFunction({
    name: "batch",
    module: new URL("handlers/batch.ts", import.meta.url).href,
    timeoutMs,
    env: {},
    onLine: (line) => batches.push(JSON.parse(line)),
  });
  stops.push(() => lambda.stop());
  return lambda;
}

async function send(...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: services.queueUrl("LoteQueue"), Entries }));
}

/** How many messages a queue holds, hidden ones included. */
async function depth(queue: QueueName): Promise<number> {
  const AttributeNames: QueueAttributeName[] = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: services.queueUrl(queue), AttributeNames }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

const bodies = () => batches.flat().map(({ body }) => body);
const receiveCounts = () => batches.flat().map(({ attributes }) => attributes.ApproximateReceiveCount);

describe("a batch", () => {
  test("has as many messages as the mapping allows, in the shape Lambda gives them", async () => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: services.queueUrl("LoteQueue"),
        MessageBody: "one",
        MessageAttributes: { attempts: { DataType: "Number", StringValue: "2" } },
      }),
    );
    await send("two", "three", "four", "five");
    map({ batchSize: 2 });
    await expect.poll(() => bodies().length, SOON).toBe(5);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(2);
    expect(batches.flat().find(({ body }) => body === "one")).toEqual({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: "one",
      attributes: expect.objectContaining({
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
      }),
      messageAttributes: { attempts: { dataType: "Number", stringValue: "2" } },
      md5OfBody: expect.any(String),
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:LoteQueue",
      awsRegion: "us-east-1",
    });
  });

  test("that succeeds is deleted", async () => {
    await send("one", "two");
    map();
    await expect.poll(() => depth("LoteQueue"), SOON).toBe(0);
    expect(bodies().sort()).toEqual(["one", "two"]);
  });

  test("of which one message fails leaves just that one, which comes back and then goes to the dead-letter queue", async () => {
    await send("one", "fail", "two");
    map();
    await expect.poll(() => depth("DeadLetterQueue"), SOON).toBe(1);
    expect(bodies().filter((body) => body !== "fail")).toHaveLength(2);
    expect(receiveCounts().sort()).toEqual(["1", "1", "1", "2"]);
    expect(await depth("LoteQueue")).toBe(0);
  });

  test.each(["throw", "blame another"])("whose function does %s comes back whole", async (body) => {
    await send("one", body);
    map();
    await expect.poll(() => depth("DeadLetterQueue"), SOON).toBe(2);
    expect(receiveCounts().sort()).toEqual(["1", "1", "2", "2"]);
  });

  test("whose function is killed comes back", async () => {
    await send("hang");
    map({ invoked: killable(400) });
    await expect.poll(() => depth("DeadLetterQueue"), SOON).toBe(1);
    expect(bodies()).toEqual(["hang", "hang"]);
    expect(errors).toEqual(["batch timed out and was killed", "batch timed out and was killed"]);
  });
});

test("stopping waits for what runs, and takes nothing more", async () => {
  await send("slow");
  const mapping = map({ batchSize: 1 });
  await expect.poll(bodies, SOON).toEqual(["slow"]);
  await mapping.stop();
  await send("late");
  expect(await depth("LoteQueue")).toBe(1);
  expect(bodies()).toEqual(["slow"]);
});
