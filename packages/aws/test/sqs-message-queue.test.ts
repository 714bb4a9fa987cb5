import { type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { AwsRequest } from "@lotes/local";
import type { Services } from "@lotes/local/testing/services";
import { test as base } from "@lotes/local/testing/test";
import { describe, expect } from "vitest";
import { MessagesRefusedError, SqsMessageQueue } from "../src/index.ts";
import { type EntryRefusal, type SentEntry, startRefusingSqs } from "./support/refusing-sqs.ts";

const KIB = 1024;
const THROTTLED: EntryRefusal = { Code: "ThrottlingException", SenderFault: false, Message: "Rate exceeded" };

const test = base.extend(
  "startRefusing",
  ({ onTestFinished }) =>
    /** A queue whose SQS refuses what the function says. */
    async (refusal: (entry: SentEntry, call: number) => EntryRefusal | undefined) => {
      const { endpoint, calls, stop } = await startRefusingSqs(refusal);
      onTestFinished(stop);
      const credentials = { accessKeyId: "local", secretAccessKey: "local" };
      const config = { endpoint, region: "us-east-1", credentials };
      return { queue: new SqsMessageQueue(`${endpoint}/0/queue`, { ...config, md5: false }), calls };
    },
);

const queueOf = ({ local }: Services) =>
  new SqsMessageQueue(local.queueUrl("LoteQueue"), { ...local.clientConfig, maxAttempts: 1 });

const isSend = (request: AwsRequest) => request.service === "sqs" && request.operation === "SendMessageBatch";

const lotes = (count: number) => Array.from({ length: count }, (_, index) => ({ body: `lote ${index + 1}` }));

async function received({ sqs, local }: Services): Promise<Message[]> {
  const receive = new ReceiveMessageCommand({
    QueueUrl: local.queueUrl("LoteQueue"),
    MaxNumberOfMessages: 10,
  });
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(receive);
    if (Messages.length === 0) return all;
    all.push(...Messages);
  }
}

describe("sending", () => {
  test("25 messages takes three calls, and each arrives once", async ({ startServices }) => {
    let calls = 0;
    const services = await startServices({
      fault: (request) => {
        if (isSend(request)) calls++;
        return undefined;
      },
    });

    await queueOf(services).send(lotes(25));

    expect(calls).toBe(3);
    const bodies = (await received(services)).map(({ Body }) => Body);
    expect(new Set(bodies)).toEqual(new Set(lotes(25).map(({ body }) => body)));
    expect(bodies).toHaveLength(25);
  });

  test("never asks SQS for more than the one MiB it takes in a call, counted in bytes", async ({ startServices }) => {
    const services = await startServices();
    // An ã is two bytes.
    const sizes = [1020, 4, 512, 511, 600, 300, 200, 100, ...Array(20).fill(104), 1];
    const messages = sizes.map((size, index) => ({ body: `${index} `.padEnd((size * KIB) / 2, "ã") }));

    await queueOf(services).send(messages);

    const bodies = (await received(services)).map(({ Body }) => Body);
    expect(bodies.length).toBe(sizes.length);
    expect(new Set(bodies)).toEqual(new Set(messages.map(({ body }) => body)));
  });

  test("no message asks SQS for nothing", async ({ startRefusing }) => {
    const { queue, calls } = await startRefusing(() => undefined);
    await queue.send([]);
    expect(calls).toEqual([]);
  });
});

describe("entries that SQS refuses", () => {
  test("are sent again as they were, and the rest is not, until all are taken", async ({ startRefusing }) => {
    const stubborn = new Map([
      ["lote 3", 2],
      ["lote 8", 4],
      ["lote 12", 1],
    ]);
    const { queue, calls } = await startRefusing(({ MessageBody }) => {
      const left = stubborn.get(MessageBody) ?? 0;
      stubborn.set(MessageBody, left - 1);
      return left > 0 ? THROTTLED : undefined;
    });

    await queue.send(lotes(12));

    const bodies = calls.map((entries) => entries.map(({ MessageBody }) => MessageBody.replace("lote ", "")).join(" "));
    expect(bodies).toEqual(["1 2 3 4 5 6 7 8 9 10", "3 8", "3 8", "8", "8", "11 12", "12"]);
    const [first, again] = calls.map((entries) => entries.find(({ MessageBody }) => MessageBody === "lote 8"));
    expect(again).toEqual(first);
  });

  test("after five rounds end in one error that says how many and why", async ({ startRefusing }) => {
    const { queue, calls } = await startRefusing(({ MessageBody }) =>
      ["lote 2", "lote 5"].includes(MessageBody) ? THROTTLED : undefined,
    );
    await expect(queue.send(lotes(12))).rejects.toThrow(
      new MessagesRefusedError("SQS refused 2 of 10 messages: ThrottlingException Rate exceeded"),
    );
    expect(calls.map((entries) => entries.length)).toEqual([10, 2, 2, 2, 2]);
  });

  test("through a fault of the sender's end in an error at once, whatever else was refused", async ({
    startRefusing,
  }) => {
    const { queue, calls } = await startRefusing(({ MessageBody }) => {
      if (MessageBody === "lote 1") return THROTTLED;
      return MessageBody === "lote 2" ? { Code: "InvalidMessageContents", SenderFault: true } : undefined;
    });
    await expect(queue.send(lotes(3))).rejects.toThrow(MessagesRefusedError);
    expect(calls).toHaveLength(1);
  });
});

describe("a call that SQS refuses as a whole", () => {
  test("ends in SQS's own error, with what was sent before it in the queue", async ({ startServices }) => {
    let calls = 0;
    const services = await startServices({
      fault: (request) =>
        isSend(request) && ++calls === 2 ? { status: 403, code: "AccessDenied", message: "Access Denied" } : undefined,
    });

    await expect(queueOf(services).send(lotes(25))).rejects.toMatchObject({ name: "AccessDenied" });

    expect(calls).toBe(2);
    expect(await services.counts()).toEqual({ visible: 10, hidden: 0 });
  });
});
