import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { describe } from "vitest";
import type { AwsRequest, Fault } from "../../src/index.ts";
import { scripted } from "../support/scripted.ts";
import { test } from "../support/test.ts";

const SOON = { timeout: 120_000, interval: 50 };

const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body);
/** Reports the messages of these bodies as failed. */
const failing = (event: SQSEvent, ...bodies: string[]): SQSBatchResponse => ({
  batchItemFailures: event.Records.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => ({
    itemIdentifier: messageId,
  })),
});

describe.concurrent("a message that the function reported as failed", () => {
  test("stays hidden, and comes back alone after its visibility timeout, as its second receive", async ({
    startServices,
    startMapping,
    expect,
  }) => {
    const services = await startServices({ timing: { loteVisibilitySeconds: 1 } });
    const { function: invoked, events } = scripted<SQSEvent>((event, invocation) =>
      invocation === 1 ? failing(event, "b") : undefined,
    );
    for (const body of ["a", "b", "c"]) await services.send(body);
    startMapping(services, invoked, { batchSize: 10 });

    await expect.poll(() => services.counts(), SOON).toEqual({ visible: 0, hidden: 0 });

    expect(events.map(bodiesOf)).toEqual([["a", "b", "c"], ["b"]]);
    const [first, second] = events.map(({ Records }) => Records.find(({ body }) => body === "b"));
    expect(first?.attributes.ApproximateReceiveCount).toBe("1");
    expect(second?.attributes.ApproximateReceiveCount).toBe("2");
    expect(second?.messageId).toBe(first?.messageId);
    expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
    expect(second?.attributes.SentTimestamp).toBe(first?.attributes.SentTimestamp);
  });

  test("too often is in the dead-letter queue as it was sent", async ({ startServices, startMapping, expect }) => {
    const services = await startServices({ timing: { loteVisibilitySeconds: 1, maxReceiveCount: 2 } });
    const { function: invoked, events } = scripted<SQSEvent>((event) => failing(event, "lote"));
    const id = await services.send("lote", { attempts: { DataType: "Number", StringValue: "3" } });
    startMapping(services, invoked);

    await expect.poll(() => services.counts("DeadLetterQueue"), SOON).toEqual({ visible: 1, hidden: 0 });

    expect(events).toHaveLength(2);
    const { Messages } = await services.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: services.local.queueUrl("DeadLetterQueue"),
        MessageAttributeNames: ["All"],
      }),
    );
    expect(Messages).toMatchObject([
      { MessageId: id, Body: "lote", MessageAttributes: { attempts: { DataType: "Number", StringValue: "3" } } },
    ]);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, "success and failure conditions"
describe.concurrent("an answer that reports", () => {
  const deleted = { visible: 0, hidden: 1 };
  const kept = { visible: 0, hidden: 2 };
  test.for([
    ["nothing at all", undefined, deleted],
    ["null", null, deleted],
    ["no list", {}, deleted],
    ["null for a list", { batchItemFailures: null }, deleted],
    ["an empty list", { batchItemFailures: [] }, deleted],
    ["a message that is not of the batch", { batchItemFailures: [{ itemIdentifier: "another" }] }, kept],
    ["an empty id", { batchItemFailures: [{ itemIdentifier: "" }] }, kept],
    ["null for an id", { batchItemFailures: [{ itemIdentifier: null }] }, kept],
    ["an id under another name", { batchItemFailures: [{ messageId: "m" }] }, kept],
  ] as const)("%s", async ([, answer, left], { startServices, startMapping, expect }) => {
    const services = await startServices();
    let countsAtSecond: Awaited<ReturnType<typeof services.counts>> | undefined;
    // The one poller takes the second message when it is done with the first.
    const { function: invoked, events } = scripted<SQSEvent>(async ({ Records }) => {
      if (Records[0]?.body === "first") return answer;
      countsAtSecond ??= await services.counts();
      return undefined;
    });
    await services.send("first");
    await services.send("second");
    startMapping(services, invoked);

    await expect.poll(() => countsAtSecond, SOON).toEqual(left);
    expect(events.map(bodiesOf)).toEqual([["first"], ["second"]]);
  });
});

describe.concurrent("when SQS fails", () => {
  const calls = (operation: string) => (request: AwsRequest) =>
    request.service === "sqs" && request.operation === operation;
  const denied: Fault = { status: 403, code: "AccessDenied", message: "Access Denied" };

  test("to hand out messages, the mapping tells and goes on asking", async ({
    startServices,
    startMapping,
    expect,
  }) => {
    let failures = 3;
    const receives = calls("ReceiveMessage");
    const services = await startServices({
      fault: (request) =>
        receives(request) && failures-- > 0
          ? { status: 503, code: "ServiceUnavailable", message: "Try again" }
          : undefined,
    });
    const { function: invoked, events } = scripted<SQSEvent>(() => undefined);
    const errors: string[] = [];
    await services.send("a");
    startMapping(services, invoked, { onError: ({ message }) => errors.push(message) });

    await expect.poll(() => services.counts(), SOON).toEqual({ visible: 0, hidden: 0 });

    expect(events.map(bodiesOf)).toEqual([["a"]]);
    expect(errors).toEqual(Array(3).fill(expect.stringContaining("Try again")));
  });

  test("to delete a message, the mapping tells, and the message comes back", async ({
    startServices,
    startMapping,
    expect,
  }) => {
    let failures = 1;
    const deletes = calls("DeleteMessageBatch");
    const services = await startServices({
      timing: { loteVisibilitySeconds: 1 },
      fault: (request) => (deletes(request) && failures-- > 0 ? denied : undefined),
    });
    const { function: invoked, events } = scripted<SQSEvent>(() => undefined);
    const errors: string[] = [];
    await services.send("a");
    startMapping(services, invoked, { onError: ({ message }) => errors.push(message) });

    await expect.poll(() => services.counts(), SOON).toEqual({ visible: 0, hidden: 0 });

    expect(events.map(bodiesOf)).toEqual([["a"], ["a"]]);
    expect(errors).toEqual([expect.stringContaining("Access Denied")]);
  });
});
