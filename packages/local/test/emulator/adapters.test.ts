import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ObjectChangedError } from "@lotes/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { MessagesRefusedError, S3ObjectStore, SqsMessageQueue } from "../../../aws/src/index.ts";
import { DEPLOYED_TIMING, LocalServices } from "../../src/index.ts";

let services: LocalServices;
let store: S3ObjectStore;
beforeAll(async () => {
  services = await LocalServices.start(DEPLOYED_TIMING, { port: 0 });
  store = new S3ObjectStore(services.bucket, services.clientConfig);
});
afterAll(async () => {
  store.close();
  await services.stop();
});

const object = (body: string) => ({ body, contentType: "text/plain", metadata: { run: "r" } });

describe("the object store", () => {
  test("reads what it wrote, with its metadata", async () => {
    await store.putIf("read/a b.json", undefined, object("çã"));
    expect(await store.get("read/a b.json")).toEqual({
      body: "çã",
      metadata: { run: "r" },
      etag: expect.stringMatching(/^\w+$/),
    });
    expect(await store.get("read/nothing")).toBeUndefined();
  });

  test("writes and removes only what is still as it was read", async () => {
    const key = "conditional";
    await store.putIf(key, undefined, object("1"));
    await expect(store.putIf(key, undefined, object("2"))).rejects.toThrow(ObjectChangedError);
    const { etag = "" } = (await store.get(key)) ?? {};
    await store.putIf(key, etag, object("2"));
    await expect(store.putIf(key, etag, object("3"))).rejects.toThrow(ObjectChangedError);
    await expect(store.removeIf(key, etag)).rejects.toThrow(ObjectChangedError);
    await store.removeIf(key, (await store.get(key))?.etag ?? "");
    await expect(store.putIf(key, etag, object("3"))).rejects.toThrow(ObjectChangedError);
    // Somebody else has removed it: what was wanted.
    await store.removeIf(key, etag);
  });

  test("lists every object under a prefix, beyond one page of S3's", async () => {
    const keys = Array.from({ length: 1_005 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
    for (let first = 0; first < keys.length; first += 50) {
      await Promise.all(keys.slice(first, first + 50).map((key) => store.putIf(key, undefined, object(key))));
    }
    const listed: string[] = [];
    for await (const { key } of store.list("many/")) listed.push(key);
    expect(listed).toEqual(keys);
  });

  test("streams the version it was told of, and no other", async () => {
    await store.putIf("streamed", undefined, object("first"));
    const { etag = "" } = (await store.get("streamed")) ?? {};
    const chunks: Uint8Array[] = [];
    for await (const chunk of await store.stream("streamed", etag)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("first");

    await store.putIf("streamed", etag, object("second"));
    await expect(store.stream("streamed", etag)).rejects.toThrow(ObjectChangedError);
    await expect(store.stream("gone", etag)).rejects.toThrow(ObjectChangedError);
  });

  test("passes on what else goes wrong, with S3's own error", async () => {
    const elsewhere = new S3ObjectStore("no-such-bucket", services.clientConfig);
    onTestFinished(() => elsewhere.close());
    await expect(elsewhere.stream("key", "etag")).rejects.toMatchObject({ name: "NoSuchBucket" });
    await expect(elsewhere.removeIf("key", "etag")).rejects.toMatchObject({ name: "NoSuchBucket" });
  });
});

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

/** An SQS that refuses what the function says, and what it was sent. */
async function refusingSqs(refuse: (entry: Entry, call: number) => boolean, SenderFault = false) {
  const calls: Entry[][] = [];
  const server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as { Entries: Entry[] };
    calls.push(Entries);
    const refused = Entries.filter((entry) => refuse(entry, calls.length));
    const Failed = refused.map(({ Id }) => ({ Id, SenderFault, Code: "ServiceUnavailable", Message: "try again" }));
    const Successful = Entries.filter((entry) => !refused.includes(entry)).map(({ Id }) => ({ Id, MessageId: Id }));
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ Failed, Successful }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    queue: new SqsMessageQueue(`${endpoint}/0/queue`, { ...services.clientConfig, endpoint, md5: false }),
    calls,
  };
}

const messages = (count: number, size = 10) =>
  Array.from({ length: count }, (_, index) => ({ body: `${index} `.padEnd(size, "x") }));

describe("the message queue", () => {
  test("sends every message with its attributes", async () => {
    const queue = new SqsMessageQueue(services.queueUrl("LoteQueue"), services.clientConfig);
    await queue.send(messages(25).map((message) => ({ ...message, attributes: { attempts: 3 } })));
    const sqs = new SQSClient(services.clientConfig);
    onTestFinished(() => sqs.destroy());
    const bodies: string[] = [];
    for (let received = 1; received > 0; ) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: services.queueUrl("LoteQueue"),
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
        }),
      );
      received = Messages.length;
      for (const { Body = "", MessageAttributes } of Messages) {
        bodies.push(Body);
        expect(MessageAttributes).toEqual({ attempts: { DataType: "Number", StringValue: "3" } });
      }
    }
    expect(bodies.sort()).toEqual(
      messages(25)
        .map(({ body }) => body)
        .sort(),
    );
  });

  test("fills its calls to ten messages and to one MiB", async () => {
    const { queue, calls } = await refusingSqs(() => false);
    await queue.send(messages(25));
    await queue.send(messages(5, 400 * 1024));
    expect(calls.map((entries) => entries.length)).toEqual([10, 10, 5, 2, 2, 1]);
  });

  test("sends again what SQS refused, and nothing else", async () => {
    const { queue, calls } = await refusingSqs(({ MessageBody }, call) => call < 3 && /^[37] /.test(MessageBody));
    await queue.send(messages(10));
    expect(calls.map((entries) => entries.map(({ MessageBody }) => MessageBody[0]).join(""))).toEqual([
      "0123456789",
      "37",
      "37",
    ]);
  });

  test("gives up when SQS keeps refusing, or when the messages are at fault", async () => {
    const stubborn = await refusingSqs(() => true);
    await expect(stubborn.queue.send(messages(2))).rejects.toThrow(MessagesRefusedError);
    expect(stubborn.calls).toHaveLength(5);
    const wrong = await refusingSqs(() => true, true);
    await expect(wrong.queue.send(messages(2))).rejects.toThrow(
      /SQS refused 2 of 2 messages: ServiceUnavailable try again/,
    );
    expect(wrong.calls).toHaveLength(1);
  });
});
