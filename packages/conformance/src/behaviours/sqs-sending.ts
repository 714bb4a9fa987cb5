import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { Behaviour } from "./behaviour.ts";
import { outcomeOf, unless } from "./outcome.ts";
import type { SqsSubject } from "./sqs-subject.ts";

const SEND = "SQS API Reference, SendMessage";
const BATCH = "SQS API Reference, SendMessageBatch";
const MIB = 1024 * 1024;

export const SQS_SENDING: readonly Behaviour<SqsSubject>[] = [
  {
    what: "25 messages, sent in tens",
    aws: "25 there, each once",
    source: BATCH,
    observe: async (subject) => {
      const queue = await subject.queue("Send");
      await queue.sender.send(Array.from({ length: 25 }, (_, nth) => ({ body: `message ${nth}` })));
      const bodies = (await queue.drain()).map(({ Body }) => Body);
      return `${bodies.length} there, ${new Set(bodies).size === bodies.length ? "each once" : "some twice"}`;
    },
  },
  {
    what: "A body with all kinds of characters that SQS takes: tab, line ends, U+0080, U+FFFD, 🎬, U+10FFFF",
    aws: "the same",
    source: SEND,
    observe: async (subject) => {
      const queue = await subject.queue("Characters");
      const body = 'a\t\r\n"\\<&>é\u0080\ufffd🎬\u{10ffff}';
      const sent = await outcomeOf(queue.sender.send([{ body }]), "sent");
      if (sent !== "sent") return sent;
      const [message] = await queue.drain();
      return message?.Body === body ? "the same" : JSON.stringify(message?.Body);
    },
  },
  {
    what: "A body with a character that SQS does not take: U+0001, U+FFFE",
    aws: "400 InvalidMessageContents, 400 InvalidMessageContents",
    source: SEND,
    observe: async (subject) => {
      const queue = await subject.queue("Forbidden");
      const sent = (body: string) => outcomeOf(queue.send(body), "sent");
      return `${await sent("a\u0001")}, ${await sent("a\ufffe")}`;
    },
  },
  {
    what: "A batch of two, one of which SQS does not take",
    aws: "1 sent, 1 refused: InvalidMessageContents, the sender's fault",
    source: BATCH,
    observe: async (subject) => {
      const queue = await subject.queue("Part");
      const Entries = ["good", "bad\u0001"].map((MessageBody, nth) => ({ Id: `${nth}`, MessageBody }));
      const { Successful = [], Failed = [] } = await subject.sqs.send(
        new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }),
      );
      const refused = Failed.map(
        ({ Code, SenderFault }) => `${Code}, ${SenderFault ? "the sender's" : "no sender's"} fault`,
      );
      const what = Failed.length === 0 ? "none refused" : `${Failed.length} refused: ${refused.join("; ")}`;
      return `${Successful.length} sent, ${what}`;
    },
  },
  {
    what: "A body of 1 MiB, and of one byte more",
    aws: "sent, 400 InvalidParameterValue",
    source: SEND,
    observe: async (subject) => {
      const queue = await subject.queue("Largest");
      const sent = (bytes: number) => outcomeOf(queue.send("a".repeat(bytes)), "sent");
      return `${await sent(MIB)}, ${await sent(MIB + 1)}`;
    },
  },
  {
    what: "Two messages of 600 kB each, which are no batch: as the product sends them, and as a batch",
    aws: "2 there; 400 BatchRequestTooLong",
    source: BATCH,
    observe: async (subject) => {
      const queue = await subject.queue("LargeBatch");
      const body = "a".repeat(600_000);
      const product = await outcomeOf(queue.sender.send([{ body }, { body }]), "sent");
      const there = product === "sent" ? `${(await queue.drain()).length} there` : product;
      const Entries = ["a", "b"].map((Id) => ({ Id, MessageBody: body }));
      const batch = subject.sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
      return `${there}; ${await outcomeOf(batch, "sent")}`;
    },
  },
  {
    what: "Eleven entries; two of one id; none",
    aws: "400 TooManyEntriesInBatchRequest, 400 BatchEntryIdsNotDistinct, 400 EmptyBatchRequest",
    source: BATCH,
    observe: async (subject) => {
      const { url } = await subject.queue("Entries");
      const batch = (ids: readonly string[]) =>
        outcomeOf(
          subject.sqs.send(
            new SendMessageBatchCommand({ QueueUrl: url, Entries: ids.map((Id) => ({ Id, MessageBody: "a" })) }),
          ),
          "sent",
        );
      const eleven = Array.from({ length: 11 }, (_, nth) => `${nth}`);
      return [await batch(eleven), await batch(["a", "a"]), await batch([])].join(", ");
    },
  },
  {
    what: "A message to a queue that is not there",
    aws: "400 QueueDoesNotExist",
    source: SEND,
    observe: async (subject) => {
      const queue = await subject.queue("Missing");
      const elsewhere = `${queue.url}-not`;
      return outcomeOf(
        subject.sqs.send(
          new SendMessageBatchCommand({ QueueUrl: elsewhere, Entries: [{ Id: "a", MessageBody: "a" }] }),
        ),
        "sent",
      );
    },
  },
  {
    what: "A delay of 2 s, and one of 901 s",
    aws: "later, 400 InvalidParameterValue",
    source: SEND,
    observe: async (subject) => {
      const queue = await subject.queue("Delay");
      await queue.sender.send([{ body: "later", delaySeconds: 2 }]);
      const atOnce = await queue.receive();
      const later = await queue.receive({ WaitTimeSeconds: 5 });
      const tooLong = await outcomeOf(queue.send("a", { DelaySeconds: 901 }), "sent");
      return `${unless({ "hidden at first": atOnce.length === 0, "there after 2 s": later.length === 1 }, "later")}, ${tooLong}`;
    },
  },
  {
    what: "Message attributes of the three types",
    aws: "2, text, 0102",
    source: SEND,
    observe: async (subject) => {
      const queue = await subject.queue("Attributes");
      await queue.send("a", {
        MessageAttributes: {
          attempts: { DataType: "Number", StringValue: "2" },
          word: { DataType: "String", StringValue: "text" },
          bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
        },
      });
      const [{ MessageAttributes: { attempts, word, bytes } = {} } = {}] = await queue.drain();
      const hex = Buffer.from(bytes?.BinaryValue ?? []).toString("hex");
      return [attempts?.StringValue, word?.StringValue, hex].join(", ");
    },
  },
];
