import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { describe } from "vitest";
import { type Invoked, LambdaFunction } from "../../src/lambda/lambda-function.ts";
import { scripted } from "../support/scripted.ts";
import type { Services } from "../support/services.ts";
import { test as base } from "../support/test.ts";
import { answer } from "./handlers/batch.ts";

const SOON = { timeout: 120_000, interval: 50 };
const ONE = { visible: 1, hidden: 0 };
const EMPTY = { visible: 0, hidden: 0 };

/** Queues with two receives of a second each, to be mapped to a function that does as the bodies say. */
class Mapped {
  readonly services: Services;
  /** What the function was invoked with, a batch each. */
  readonly batches: SQSRecord[][] = [];
  readonly errors: string[] = [];

  constructor(services: Services) {
    this.services = services;
  }

  get bodies(): string[] {
    return this.batches.flat().map(({ body }) => body);
  }

  get receiveCounts(): string[] {
    return this.batches.flat().map(({ attributes }) => attributes.ApproximateReceiveCount);
  }

  readonly batch: Invoked = scripted<SQSEvent>((event) => {
    this.batches.push(event.Records);
    return answer(event);
  }).function;

  async send(...bodies: string[]): Promise<void> {
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const QueueUrl = this.services.local.queueUrl("LoteQueue");
    await this.services.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

const test = base
  .extend("mapped", async ({ startServices }) => {
    return new Mapped(await startServices({ timing: { loteVisibilitySeconds: 1, maxReceiveCount: 2 } }));
  })
  .extend(
    "map",
    ({ mapped, startMapping }) =>
      ({ batchSize = 10, invoked = mapped.batch } = {}) =>
        startMapping(mapped.services, invoked, {
          batchSize,
          onError: ({ message }) => mapped.errors.push(message),
        }),
  )
  .extend(
    "killable",
    ({ mapped, onTestFinished } /** In a thread, which can be killed. */) =>
      (timeoutMs: number): Invoked => {
        const lambda = new LambdaFunction({
          name: "batch",
          module: new URL("handlers/batch.ts", import.meta.url).href,
          timeoutMs,
          env: {},
          onLine: (line) => mapped.batches.push(JSON.parse(line)),
        });
        onTestFinished(() => lambda.stop());
        return lambda;
      },
  );

describe.concurrent("a batch", () => {
  test("has as many messages as the mapping allows, in the shape Lambda gives them", async ({
    mapped,
    map,
    expect,
  }) => {
    await mapped.services.send("one", { attempts: { DataType: "Number", StringValue: "2" } });
    await mapped.send("two", "three", "four", "five");
    map({ batchSize: 2 });
    await expect.poll(() => mapped.bodies.length, SOON).toBe(5);
    expect(Math.max(...mapped.batches.map((batch) => batch.length))).toBe(2);
    expect(mapped.batches.flat().find(({ body }) => body === "one")).toEqual({
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

  test("that succeeds is deleted", async ({ mapped, map, expect }) => {
    await mapped.send("one", "two");
    map();
    await expect.poll(() => mapped.services.counts(), SOON).toEqual(EMPTY);
    expect(mapped.bodies.sort()).toEqual(["one", "two"]);
  });

  test("of which one message fails leaves just that one, which comes back and then goes to the dead-letter queue", async ({
    mapped,
    map,
    expect,
  }) => {
    await mapped.send("one", "fail", "two");
    map();
    await expect.poll(() => mapped.services.counts("DeadLetterQueue"), SOON).toEqual(ONE);
    expect(mapped.bodies.filter((body) => body !== "fail")).toHaveLength(2);
    expect(mapped.receiveCounts.sort()).toEqual(["1", "1", "1", "2"]);
    expect(await mapped.services.counts()).toEqual(EMPTY);
  });

  test.for(["throw", "blame another"])(
    "whose function does %s comes back whole",
    async (body, { mapped, map, expect }) => {
      await mapped.send("one", body);
      map();
      await expect.poll(() => mapped.services.counts("DeadLetterQueue"), SOON).toEqual({ visible: 2, hidden: 0 });
      expect(mapped.receiveCounts.sort()).toEqual(["1", "1", "2", "2"]);
    },
  );

  test("whose function is killed comes back", async ({ mapped, map, killable, expect }) => {
    await mapped.send("hang");
    map({ invoked: killable(400) });
    await expect.poll(() => mapped.services.counts("DeadLetterQueue"), SOON).toEqual(ONE);
    expect(mapped.bodies).toEqual(["hang", "hang"]);
    expect(mapped.errors).toEqual(["batch timed out and was killed", "batch timed out and was killed"]);
  });
});

test("stopping waits for what runs, and takes nothing more", async ({ mapped, map, expect }) => {
  await mapped.send("slow");
  const mapping = map({ batchSize: 1 });
  await expect.poll(() => mapped.bodies, SOON).toEqual(["slow"]);
  await mapping.stop();
  await mapped.send("late");
  expect(await mapped.services.counts()).toEqual(ONE);
  expect(mapped.bodies).toEqual(["slow"]);
});
