import { type MessageAttribute, refusalOf } from "@lotes/local/emulator/sqs-message-rules";
import type { SQSRecord } from "aws-lambda";
import type { Choices } from "./choices.ts";
import type { VirtualTime } from "./virtual-time.ts";

export type Attributes = Readonly<Record<string, MessageAttribute>>;

interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Attributes;
  /** When it was sent first. A redrive by SQS keeps that. */
  readonly sentAt: number;
  receives: number;
  /** Nobody receives it before that. */
  visibleAt: number;
}

export interface QueueOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly choices: Choices;
  readonly epochMs: number;
  /** How long a message that was received is hidden from others, in milliseconds. */
  readonly visibilityMs: number;
  /** Where a message goes that would be received once more than so often. */
  readonly redrive?: { readonly to: Queue; readonly maxReceives: number };
  /** Called when there is, or may be, something to receive. */
  readonly onVisible: () => void;
}

// SQS delivers a message a moment after it was sent, and one in so many only when later ones are done: in some schedules every other one.
const LATEST_MS = 50;
const VERY_LATE_ONE_IN = [2, 10, 10];
const VERY_LATEST_MS = 6_000;

/** A standard SQS queue: in any order, at least once. */
export class Queue {
  readonly name: string;
  /** Every body that ever was in it. */
  readonly bodies = new Set<string>();
  readonly #options: QueueOptions;
  readonly #messages = new Map<string, Message>();
  readonly #veryLateOneIn: number;
  #sent = 0;
  #receives = 0;

  constructor(options: QueueOptions) {
    this.name = options.name;
    this.#options = options;
    this.#veryLateOneIn = options.choices.pick(`${options.name} is late`, VERY_LATE_ONE_IN);
  }

  /** Messages that are not deleted yet, be they visible or not. */
  get size(): number {
    return this.#messages.size;
  }

  /**
   * @param delayMs nobody receives it for so long
   * @returns why SQS refuses it, undefined when it is sent
   */
  send(body: string, attributes: Attributes = {}, delayMs = 0): { code: string; message: string } | undefined {
    const refusal = refusalOf({ MessageBody: body, MessageAttributes: attributes });
    if (refusal) return refusal;
    const { name, choices, time } = this.#options;
    const id = `${name}-${++this.#sent}`;
    const draw = () => (choices.oneIn(`${id} late`, this.#veryLateOneIn) ? VERY_LATEST_MS : undefined);
    const at = { key: `${id} late`, step: `${name} takes a message`, atMs: time.now };
    const latestMs = choices.deviation(at, draw, () => "very late") ?? LATEST_MS;
    const visibleAt = time.now + delayMs + choices.fraction(`${id} visible`) * latestMs;
    this.#add({ id, body, attributes, sentAt: time.now, receives: 0, visibleAt });
    return undefined;
  }

  receive(most: number): SQSRecord[] {
    const { name, choices, time, visibilityMs, redrive } = this.#options;
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= time.now);
    const records: SQSRecord[] = [];
    while (visible.length > 0 && records.length < most) {
      const [message] = visible.splice(choices.below(`${name} receive ${++this.#receives}`, visible.length), 1);
      if (message === undefined) break;
      if (redrive && message.receives >= redrive.maxReceives) {
        this.#messages.delete(message.id);
        redrive.to.#add({ ...message, receives: 0, visibleAt: time.now });
        continue;
      }
      message.receives++;
      message.visibleAt = time.now + visibilityMs;
      this.#ringAt(message.visibleAt);
      records.push(this.#record(message));
    }
    return records;
  }

  delete({ messageId }: Pick<SQSRecord, "messageId">): void {
    this.#messages.delete(messageId);
  }

  /** Lets a message be received again after so long. */
  hide({ messageId }: Pick<SQSRecord, "messageId">, ms: number): void {
    const message = this.#messages.get(messageId);
    if (message === undefined) return;
    message.visibleAt = this.#options.time.now + ms;
    this.#ringAt(message.visibleAt);
  }

  #add(message: Message): void {
    this.bodies.add(message.body);
    this.#messages.set(message.id, message);
    this.#ringAt(message.visibleAt);
  }

  #ringAt(at: number): void {
    this.#options.time.at(at, this.#options.onVisible);
  }

  #record({ id, body, attributes, sentAt, receives }: Message): SQSRecord {
    const { name, time, epochMs } = this.#options;
    const instant = (at: number) => String(Math.floor(epochMs + at));
    return {
      messageId: id,
      receiptHandle: `${id}-${receives}`,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: instant(sentAt),
        SenderId: "simulated",
        ApproximateFirstReceiveTimestamp: instant(time.now),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([key, { DataType = "", StringValue }]) => [
          key,
          { dataType: DataType, ...(StringValue !== undefined && { stringValue: StringValue }) },
        ]),
      ),
      // Nobody here looks at it, and the hash of a large body takes long.
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${name}`,
      awsRegion: "us-east-1",
    };
  }
}
