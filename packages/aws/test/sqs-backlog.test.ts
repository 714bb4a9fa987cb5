import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { AwsRequest, Fault } from "@lotes/local";
import type { Services } from "@lotes/local/testing/services";
import { test } from "@lotes/local/testing/test";
import { describe, expect, vi } from "vitest";
import { SqsBacklog } from "../src/index.ts";

/** Sends dead letters and returns what tells of them. */
async function deadLetters(services: Services, count: number): Promise<SqsBacklog> {
  for (let index = 0; index < count; index++) {
    await services.sqs.send(
      new SendMessageCommand({
        QueueUrl: services.local.queueUrl("DeadLetterQueue"),
        MessageBody: `letter ${index}`,
        MessageAttributes: { attempts: { DataType: "Number", StringValue: "2" } },
      }),
    );
  }
  return new SqsBacklog(services.local.queueUrl("DeadLetterQueue"), services.local.clientConfig);
}

describe("what stands in a queue", () => {
  test("is counted, received and delayed messages apart", async ({ startServices }) => {
    const services = await startServices();
    const backlog = await deadLetters(services, 3);
    expect(await backlog.depth()).toEqual({ visible: 3, inFlight: 0 });
    await backlog.moveAllTo(services.local.queueUrl("LoteQueue"));
    expect(await backlog.depth()).toEqual({ visible: 0, inFlight: 0 });
    const QueueUrl = services.local.queueUrl("DeadLetterQueue");
    await services.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 900 }));
    expect(await backlog.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    backlog.close();
  });

  test("is moved as it is, with its attributes", async ({ startServices }) => {
    const services = await startServices();
    const backlog = await deadLetters(services, 23);
    const moved = await backlog.moveAllTo(services.local.queueUrl("LoteQueue"));
    expect(moved).toEqual({ moved: 23, notMoved: 0, sentButNotDeleted: 0 });
    expect(await services.counts("DeadLetterQueue")).toEqual({ visible: 0, hidden: 0 });
    expect(await services.counts("LoteQueue")).toEqual({ visible: 23, hidden: 0 });
    const { Messages = [] } = await services.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: services.local.queueUrl("LoteQueue"),
        MessageAttributeNames: ["All"],
      }),
    );
    expect(Messages[0]).toMatchObject({
      Body: expect.stringMatching(/^letter \d+$/),
      MessageAttributes: { attempts: { StringValue: "2" } },
    });
    backlog.close();
  });

  test("is moved alone: what comes meanwhile stays, as when each message that is moved is answered with another", async ({
    startServices,
    onTestFinished,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    let answers = 0;
    const services = await startServices({
      fault: (request) => {
        if (request.service === "sqs" && request.operation === "SendMessageBatch" && answers < 3) {
          answers++;
          vi.setSystemTime(Date.now() + 60_000);
          void deadLetters(services, 1);
        }
        return undefined;
      },
    });
    const backlog = await deadLetters(services, 2);
    const answered = vi.waitUntil(async () => (await services.counts("DeadLetterQueue")).visible > 0);
    const moved = await backlog.moveAllTo(services.local.queueUrl("LoteQueue"));
    expect(moved).toEqual({ moved: 2, notMoved: 0, sentButNotDeleted: 0 });
    await answered;
    expect(await services.counts("DeadLetterQueue")).toEqual({ visible: 1, hidden: 0 });
    backlog.close();
  });

  const refusing =
    (operation: string) =>
    (request: AwsRequest): Fault | undefined =>
      request.service === "sqs" && request.operation === operation
        ? { status: 403, code: "AccessDenied", message: "not allowed" }
        : undefined;

  test("stays where it is when the other queue does not take it", async ({ startServices }) => {
    const services = await startServices({ fault: refusing("SendMessageBatch") });
    const backlog = await deadLetters(services, 2);
    const moved = await backlog.moveAllTo(services.local.queueUrl("LoteQueue"));
    expect(moved).toEqual({ moved: 0, notMoved: 2, sentButNotDeleted: 0, problem: "not allowed" });
    expect(await services.counts("DeadLetterQueue")).toEqual({ visible: 0, hidden: 2 });
    expect(await services.counts("LoteQueue")).toEqual({ visible: 0, hidden: 0 });
    backlog.close();
  });

  test("is in both queues, and never in none, when it can't be deleted", async ({ startServices }) => {
    const services = await startServices({ fault: refusing("DeleteMessageBatch") });
    const backlog = await deadLetters(services, 2);
    const moved = await backlog.moveAllTo(services.local.queueUrl("LoteQueue"));
    expect(moved).toEqual({ moved: 0, notMoved: 0, sentButNotDeleted: 2, problem: "not allowed" });
    expect(await services.counts("DeadLetterQueue")).toEqual({ visible: 0, hidden: 2 });
    expect(await services.counts("LoteQueue")).toEqual({ visible: 2, hidden: 0 });
    backlog.close();
  });
});
