import { setTimeout as delay } from "node:timers/promises";
import { ChangeMessageVisibilityBatchCommand } from "@aws-sdk/client-sqs";
import type { Behaviour } from "./behaviour.ts";
import { outcomeOf, unless } from "./outcome.ts";
import { receiveCount, type SqsSubject } from "./sqs-subject.ts";

const RECEIVE = "SQS API Reference, ReceiveMessage";
const VISIBILITY = "SQS Developer Guide, Visibility timeout";
const POLLING = "SQS Developer Guide, Short and long polling";

export const SQS_RECEIVING: readonly Behaviour<SqsSubject>[] = [
  {
    what: "How often a message was received, after it was given back twice (visibility timeout 0)",
    aws: "1, 2, 3",
    source: RECEIVE,
    observe: async (subject) => {
      const queue = await subject.queue("Counts");
      await queue.send("a");
      const counts: number[] = [];
      for (let nth = 0; nth < 3; nth++) {
        const [message] = await queue.receive({ WaitTimeSeconds: 2 });
        if (message === undefined) break;
        counts.push(receiveCount(message));
        await queue.giveBack(message);
      }
      return counts.join(", ");
    },
  },
  {
    what: "When a message was sent, told in milliseconds, the same at each delivery; and its other attributes",
    aws: "the time of the sending; all there",
    source: RECEIVE,
    observe: async (subject) => {
      const queue = await subject.queue("Sent");
      const before = Date.now();
      await queue.send("a");
      const after = Date.now();
      await delay(20);
      const [first] = await queue.receive({ WaitTimeSeconds: 2 });
      if (first === undefined) return "no message";
      await queue.giveBack(first);
      const [second] = await queue.receive({ WaitTimeSeconds: 2 });
      const times = [first, second].map((message) => Number(message?.Attributes?.SentTimestamp));
      const names = ["ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"];
      const missing = names.filter((name) => !Object.keys(first.Attributes ?? {}).includes(name));
      const isRight = times.every((time) => time >= before - 1 && time <= after + 1 && time === times[0]);
      const lacks = missing.length === 0 ? "all there" : `without ${missing.join(", ")}`;
      return `${isRight ? "the time of the sending" : `another time: ${times.map((time) => time - before)} ms later`}; ${lacks}`;
    },
  },
  {
    what: "A message that was received, before and after its visibility timeout of 1 s",
    aws: "hidden, then there",
    source: VISIBILITY,
    observe: async (subject) => {
      const queue = await subject.queue("Hidden", { VisibilityTimeout: "1" });
      await queue.send("a");
      await queue.receive();
      const hidden = await queue.receive();
      const there = await queue.receive({ WaitTimeSeconds: 5 });
      return unless({ hidden: hidden.length === 0, "then there": there.length === 1 }, "hidden, then there");
    },
  },
  {
    what: "A message deleted by the receipt handle of an earlier delivery",
    aws: undefined,
    source: "SQS API Reference, DeleteMessage: it may or may not be deleted",
    observe: async (subject) => {
      const queue = await subject.queue("OldHandle");
      await queue.send("a");
      const [first] = await queue.receive();
      if (first === undefined) return "no message";
      await queue.giveBack(first);
      const [second] = await queue.receive({ WaitTimeSeconds: 2 });
      const outcome = await outcomeOf(queue.delete(first), "200");
      if (second) await queue.giveBack(second).catch(() => {});
      return `${outcome}, ${(await queue.receive({ WaitTimeSeconds: 1 })).length === 0 ? "deleted" : "still there"}`;
    },
  },
  {
    what: "A long poll of 10 s, while a message comes after 1 s",
    aws: "the message, before the 10 s are over",
    source: POLLING,
    observe: async (subject) => {
      const queue = await subject.queue("Poll");
      const began = performance.now();
      const polling = queue.receive({ WaitTimeSeconds: 10 });
      await delay(1_000);
      await queue.send("a");
      const messages = await polling;
      const isBefore = performance.now() - began < 9_000;
      return unless(
        { "the message": messages.length === 1, "before the 10 s are over": isBefore },
        "the message, before the 10 s are over",
      );
    },
  },
  {
    what: "A long poll of 2 s of an empty queue",
    aws: "empty, after 2 s",
    source: POLLING,
    observe: async (subject) => {
      const queue = await subject.queue("EmptyPoll");
      const began = performance.now();
      const messages = await queue.receive({ WaitTimeSeconds: 2 });
      const waited = performance.now() - began > 1_900;
      return unless({ empty: messages.length === 0, "after 2 s": waited }, "empty, after 2 s");
    },
  },
  {
    what: "A message that comes after a client has given up its long poll (visibility timeout 30 s)",
    aws: undefined,
    source: POLLING,
    observe: async (subject) => {
      const queue = await subject.queue("GivenUp", { VisibilityTimeout: "30" });
      const giveUp = new AbortController();
      const polling = queue.receive({ WaitTimeSeconds: 10 }, giveUp.signal).catch(() => []);
      await delay(500);
      giveUp.abort();
      await polling;
      await delay(500);
      await queue.send("a");
      const messages = await queue.receive({ WaitTimeSeconds: 3 });
      return messages.length === 1 ? "received by the next poll" : "hidden: the poll that was given up has taken it";
    },
  },
  {
    what: "Two messages given back in one call, one of them by a handle that is none",
    aws: "1 given back, 1 refused: the sender's fault; 1 there",
    source: "SQS API Reference, ChangeMessageVisibilityBatch",
    observe: async (subject) => {
      const queue = await subject.queue("GivenBack", { VisibilityTimeout: "30" });
      await queue.send("a");
      const [message] = await queue.receive({ WaitTimeSeconds: 2 });
      const Entries = [message?.ReceiptHandle, "none"].map((ReceiptHandle, nth) => ({
        Id: String(nth),
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      const { Successful = [], Failed = [] } = await subject.sqs.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries }),
      );
      const fault = Failed.every(({ SenderFault }) => SenderFault) ? "the sender's fault" : "no sender's fault";
      const there = await queue.receive({ WaitTimeSeconds: 2 });
      return `${Successful.length} given back, ${Failed.length} refused: ${fault}; ${there.length} there`;
    },
  },
  {
    what: "Ten messages at most in one call; how many are visible and in flight",
    aws: "at most 10; then 12 in all, some in flight",
    source: RECEIVE,
    observe: async (subject) => {
      const queue = await subject.queue("Ten");
      await queue.sender.send(Array.from({ length: 12 }, (_, nth) => ({ body: `${nth}` })));
      const { length } = await queue.receive({ WaitTimeSeconds: 1 });
      const eleven = await outcomeOf(queue.receive({ MaxNumberOfMessages: 11 }), "11 taken as a number");
      const { visible, inFlight } = await queue.backlog.depth();
      if (!eleven.startsWith("400")) return `of 11: ${eleven}`;
      return visible + inFlight === 12 && inFlight === length && length > 0 && length <= 10
        ? "at most 10; then 12 in all, some in flight"
        : `${length} received, ${visible} visible, ${inFlight} in flight`;
    },
  },
];
