import { setTimeout as delay } from "node:timers/promises";
import { ListMessageMoveTasksCommand, type Message, StartMessageMoveTaskCommand } from "@aws-sdk/client-sqs";
import type { Behaviour } from "./behaviour.ts";
import { outcomeOf, unless } from "./outcome.ts";
import { receiveCount, type SqsSubject, type TriedQueue } from "./sqs-subject.ts";

const DEAD_LETTERS = "SQS Developer Guide, Dead-letter queues";
const REDRIVE = "SQS Developer Guide, Dead-letter queue redrive";
const MOVE_TASK = "SQS API Reference, StartMessageMoveTask";
const MAX_RECEIVES = 2;

interface Pair {
  readonly queue: TriedQueue;
  readonly deadLetters: TriedQueue;
}

async function pair(subject: SqsSubject, name: string, maxReceiveCount: string | number = MAX_RECEIVES): Promise<Pair> {
  const deadLetters = await subject.queue(`${name}Letters`);
  const policy = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount };
  return { deadLetters, queue: await subject.queue(name, { RedrivePolicy: JSON.stringify(policy) }) };
}

/** Receives a message and gives it back, as often as it is to be had. @returns the counts that it came with */
async function untilMoved({ queue }: Pair): Promise<number[]> {
  const counts: number[] = [];
  for (let nth = 0; nth <= MAX_RECEIVES; nth++) {
    const [message] = await queue.receive({ WaitTimeSeconds: 1 });
    if (message === undefined) break;
    counts.push(receiveCount(message));
    await queue.giveBack(message);
  }
  return counts;
}

/** Has SQS move a message to the dead-letter queue. */
async function deadLetter(both: Pair, body: string): Promise<{ sent: string; letter: Message | undefined }> {
  const sent = await both.queue.send(body, {
    MessageAttributes: { attempts: { DataType: "Number", StringValue: "2" } },
  });
  await untilMoved(both);
  const [letter] = await both.deadLetters.receive({ WaitTimeSeconds: 2 });
  return { sent, letter };
}

export const SQS_REDRIVE: readonly Behaviour<SqsSubject>[] = [
  {
    what: `A message that is received again and again, with maxReceiveCount ${MAX_RECEIVES}`,
    aws: "received 1, 2 times; then in the dead-letter queue",
    source: DEAD_LETTERS,
    observe: async (subject) => {
      const both = await pair(subject, "Redrive");
      await both.queue.send("a");
      const counts = await untilMoved(both);
      const letters = await both.deadLetters.receive({ WaitTimeSeconds: 2 });
      return `received ${counts.join(", ")} times; ${letters.length === 1 ? "then in the dead-letter queue" : "then nowhere"}`;
    },
  },
  {
    what: "maxReceiveCount as a text",
    aws: "received 1, 2 times",
    source: DEAD_LETTERS,
    observe: async (subject) => {
      const both = await pair(subject, "RedriveText", String(MAX_RECEIVES));
      await both.queue.send("a");
      return `received ${(await untilMoved(both)).join(", ")} times`;
    },
  },
  {
    what: "What SQS has moved: body, message attributes, the time of its sending",
    aws: "the same",
    source: DEAD_LETTERS,
    observe: async (subject) => {
      const both = await pair(subject, "Moved");
      const before = Date.now();
      const sending = deadLetter(both, "🎬 body");
      const { letter } = await sending;
      const sentAt = Number(letter?.Attributes?.SentTimestamp);
      return unless(
        {
          body: letter?.Body === "🎬 body",
          "message attributes": letter?.MessageAttributes?.attempts?.StringValue === "2",
          // The receives before took at least a second.
          "the time of its sending": sentAt >= before - 1 && sentAt < before + 900,
        },
        "the same",
      );
    },
  },
  {
    what: "Its message id, its source's ARN, and how often it was received, at the first receive from the dead-letter queue",
    aws: undefined,
    source: DEAD_LETTERS,
    observe: async (subject) => {
      const { sent, letter } = await deadLetter(await pair(subject, "MovedFacts"), "a");
      if (letter === undefined) return "no letter";
      const id = letter.MessageId === sent ? "the same id" : "another id";
      const source = letter.Attributes?.DeadLetterQueueSourceArn ? "its source" : "no source";
      return `${id}, ${source}, ${receiveCount(letter)} times`;
    },
  },
  {
    what: "A move task back to the source, of what SQS has moved",
    aws: "the same body, received once, another id, sent anew",
    source: REDRIVE,
    observe: async (subject) => {
      const both = await pair(subject, "Task");
      const { letter } = await deadLetter(both, "a");
      if (letter) await both.deadLetters.giveBack(letter);
      const start = new StartMessageMoveTaskCommand({ SourceArn: both.deadLetters.arn });
      const started = await outcomeOf(subject.sqs.send(start), "started");
      if (started !== "started") return started;
      const [back] = await both.queue.receive({ WaitTimeSeconds: 10 });
      if (back === undefined) return `nothing back; ${await lastTask(subject, both.deadLetters)}`;
      const sent = (message: Message | undefined) => Number(message?.Attributes?.SentTimestamp);
      return [
        back.Body === "a" ? "the same body" : "another body",
        receiveCount(back) === 1 ? "received once" : `received ${receiveCount(back)} times`,
        back.MessageId === letter?.MessageId ? "the same id" : "another id",
        sent(back) > sent(letter) ? "sent anew" : "sent as before",
      ].join(", ");
    },
  },
  {
    what: "A move task to a queue that it is told, of what was sent straight to the dead-letter queue",
    aws: "moved, with its attributes",
    source: MOVE_TASK,
    observe: async (subject) => {
      const both = await pair(subject, "Direct");
      await both.deadLetters.send("a", { MessageAttributes: { attempts: { DataType: "Number", StringValue: "2" } } });
      const arns = { SourceArn: both.deadLetters.arn, DestinationArn: both.queue.arn };
      const started = await outcomeOf(subject.sqs.send(new StartMessageMoveTaskCommand(arns)), "started");
      if (started !== "started") return started;
      const [moved] = await both.queue.receive({ WaitTimeSeconds: 10 });
      if (moved === undefined) return `nothing moved; ${await lastTask(subject, both.deadLetters)}`;
      return moved.MessageAttributes?.attempts?.StringValue === "2"
        ? "moved, with its attributes"
        : "moved, without its attributes";
    },
  },
  {
    what: "A move task back to the source, of what was sent straight to the dead-letter queue",
    aws: undefined,
    source: MOVE_TASK,
    observe: async (subject) => {
      const both = await pair(subject, "Sourceless");
      await both.deadLetters.send("a");
      const start = new StartMessageMoveTaskCommand({ SourceArn: both.deadLetters.arn });
      const started = await outcomeOf(subject.sqs.send(start), "started");
      if (started !== "started") return started;
      const task = await lastTask(subject, both.deadLetters);
      const inSource = await both.queue.receive({ WaitTimeSeconds: 1 });
      const inLetters = await both.deadLetters.receive({ WaitTimeSeconds: 1 });
      const where =
        inSource.length > 0 ? "in the source" : inLetters.length > 0 ? "still in the dead-letter queue" : "in neither";
      return `${task}, ${where}`;
    },
  },
  {
    what: "23 messages moved by hand, as `./lotes replay --dlq` does it",
    aws: "23 moved, 0 left; 23 there",
    source: "SQS API Reference, ReceiveMessage, SendMessageBatch, DeleteMessageBatch",
    observe: async (subject) => {
      const { queue, deadLetters } = await pair(subject, "Hand");
      await deadLetters.sender.send(Array.from({ length: 23 }, (_, nth) => ({ body: `${nth}` })));
      const { moved, notMoved, sentButNotDeleted } = await deadLetters.backlog.moveAllTo(queue.url);
      const there = await queue.drain();
      return `${moved} moved, ${notMoved + sentButNotDeleted} left; ${there.length} there`;
    },
  },
];

/** How the last move task of a queue ended, in SQS's words. */
async function lastTask({ sqs }: SqsSubject, { arn }: TriedQueue): Promise<string> {
  for (let seconds = 0; ; seconds++) {
    const { Results: [task] = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn }));
    const isOver = task?.Status !== "RUNNING";
    if (isOver || seconds === 10) return [task?.Status ?? "no task", task?.FailureReason].filter(Boolean).join(" ");
    await delay(1_000);
  }
}
