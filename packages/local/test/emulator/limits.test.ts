import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Services } from "../support/services.ts";

const BYTES = 1_048_576;

let services: Services;
beforeAll(async () => {
  services = await Services.start();
});
afterAll(() => services.stop());
// What a test has sent and not received is not the next one's.
afterEach(async () => {
  while ((await received()).length > 0);
});

function sendAlone(message: Partial<SendMessageCommandInput>) {
  const QueueUrl = services.local.queueUrl("LoteQueue");
  return services.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "body", ...message }));
}

function sendBatch(entries: Partial<SendMessageBatchRequestEntry>[]) {
  const Entries = entries.map((entry, index) => ({ Id: String(index), MessageBody: "body", ...entry }));
  return services.sqs.send(new SendMessageBatchCommand({ QueueUrl: services.local.queueUrl("LoteQueue"), Entries }));
}

async function received(): Promise<string[]> {
  const receive = new ReceiveMessageCommand({
    QueueUrl: services.local.queueUrl("LoteQueue"),
    MaxNumberOfMessages: 10,
  });
  // The SDK compares the MD5 of each body with what SQS tells.
  const { Messages = [] } = await services.sqs.send(receive);
  return Messages.map(({ Body = "" }) => Body);
}

const withAttribute = (name: string, value: MessageAttributeValue) => ({ MessageAttributes: { [name]: value } });
const numbered = (value: string) => withAttribute("n", { DataType: "Number", StringValue: value });
const worded = (name: string, value = "x") => withAttribute(name, { DataType: "String", StringValue: value });

describe("SQS takes", () => {
  test("every character that it allows, alone and in a batch, and gives the body back as it was", async () => {
    const bodies = ["🎬 \u{10000}\u{10ffff}", "\t\n\r \ud7ff\ue000\ufffd", '"<&>"\u0085\u2028'];
    for (const MessageBody of bodies) await sendAlone({ MessageBody });
    const { Successful = [], Failed = [] } = await sendBatch(bodies.map((MessageBody) => ({ MessageBody })));
    expect([Successful.length, Failed.length]).toEqual([3, 0]);
    expect((await received()).sort()).toEqual([...bodies, ...bodies].sort());
  });

  test("attributes and delays within its bounds", async () => {
    const taken: Partial<SendMessageCommandInput>[] = [
      numbered("-1.5e3"),
      numbered("12345678901234567890123456789012345678"),
      withAttribute("n", { DataType: "Number.int", StringValue: "7" }),
      withAttribute("b", { DataType: "Binary.gif", BinaryValue: Buffer.of(0, 255) }),
      worded("a.b-c_d", "🎬"),
      { DelaySeconds: 0 },
      { DelaySeconds: 900 },
      { MessageBody: "x".repeat(BYTES) },
    ];
    for (const message of taken) expect((await sendAlone(message)).MessageId).toBeDefined();
  });
});

describe("SQS refuses", () => {
  const forbidden = ["\ufffe", "\uffff", "\u0000", "\u000b", "\u001f", "\ud800", "a\udc00b"];
  const wrong: [string, Partial<SendMessageCommandInput>, string][] = [
    ...forbidden.map((body): [string, Partial<SendMessageCommandInput>, string] => [
      `a body with ${JSON.stringify(body)}`,
      { MessageBody: `x${body}` },
      "InvalidMessageContents",
    ]),
    ["no body", { MessageBody: "" }, "MissingParameter"],
    ["more than 1 MiB", { MessageBody: "x".repeat(BYTES + 1) }, "InvalidParameterValue"],
    [
      "more than 1 MiB with its attributes",
      { MessageBody: "x".repeat(BYTES - 5), ...numbered("1") },
      "InvalidParameterValue",
    ],
    ["a delay of 901 s", { DelaySeconds: 901 }, "InvalidParameterValue"],
    ["a delay of -1 s", { DelaySeconds: -1 }, "InvalidParameterValue"],
    ["a number that is none", numbered("many"), "InvalidParameterValue"],
    ["a number of 39 digits", numbered("1".repeat(39)), "InvalidParameterValue"],
    ["a number beyond 10^126", numbered("1e127"), "InvalidParameterValue"],
    ["an empty value", worded("a", ""), "InvalidParameterValue"],
    ["a value with U+FFFF", worded("a", "\uffff"), "InvalidParameterValue"],
    ["another type", withAttribute("a", { DataType: "Text", StringValue: "x" }), "InvalidParameterValue"],
    ["a name with a space", worded("a b"), "InvalidParameterValue"],
    ["a name that ends in a dot", worded("a."), "InvalidParameterValue"],
    ["a name of AWS's own", worded("AWS.x"), "InvalidParameterValue"],
    [
      "eleven attributes",
      {
        MessageAttributes: Object.assign(
          {},
          ...Array.from({ length: 11 }, (_, n) => worded(`a${n}`).MessageAttributes),
        ),
      },
      "InvalidParameterValue",
    ],
  ];

  test.each(wrong)("%s, and in a batch nothing else", async (_, message, name) => {
    await expect(sendAlone(message)).rejects.toMatchObject({ name });
    const { MessageBody = "body" } = message;
    if (MessageBody.length > BYTES / 2) return;
    const { Successful, Failed } = await sendBatch([{}, message, {}]);
    expect(Successful?.map(({ Id }) => Id)).toEqual(["0", "2"]);
    expect(Failed).toEqual([{ Id: "1", SenderFault: true, Code: name, Message: expect.any(String) }]);
    expect(await received()).toEqual(["body", "body"]);
  });

  test("a batch as a whole that is empty, too long, too large, or does not tell its entries apart", async () => {
    const refused: [Partial<SendMessageBatchRequestEntry>[], string][] = [
      [[], "EmptyBatchRequest"],
      [Array.from({ length: 11 }, () => ({})), "TooManyEntriesInBatchRequest"],
      [[{ Id: "a" }, { Id: "a" }], "BatchEntryIdsNotDistinct"],
      [[{ Id: "a b" }], "InvalidBatchEntryId"],
      [[{ Id: "x".repeat(81) }], "InvalidBatchEntryId"],
      [[{ MessageBody: "x".repeat(BYTES - 4) }, { MessageBody: "12345" }], "BatchRequestTooLong"],
    ];
    for (const [entries, name] of refused) await expect(sendBatch(entries)).rejects.toMatchObject({ name });
    expect(await received()).toEqual([]);
  });
});

describe("S3 refuses", () => {
  test("more than 2 KB of metadata, and keys of more than 1,024 bytes", async () => {
    const { s3, bucket: Bucket } = services;
    const put = (Key: string, Metadata: Record<string, string>) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", Metadata }));
    await put("k".repeat(1_024), { ids: "x".repeat(2_045) });
    await expect(put("key", { ids: "x".repeat(2_046) })).rejects.toMatchObject({ name: "MetadataTooLarge" });
    await expect(put("k".repeat(1_025), {})).rejects.toMatchObject({ name: "KeyTooLongError" });
  });
});
