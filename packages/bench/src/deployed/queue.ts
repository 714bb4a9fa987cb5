import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { SQSRecord } from "aws-lambda";

// Lambda hands over no more than 6 MB.
const LARGEST_BATCH_BYTES = 6_000_000;

/** A queue in memory, whose readers get records as Lambda hands them over. */
export class Queue {
  readonly #waiting: SQSRecord[] = [];
  readonly #events = new EventEmitter().setMaxListeners(0);
  /** Messages that wait, are kept back, or are worked on. */
  #left = 0;

  send(body: string, delaySeconds: number): void {
    this.#left++;
    const record = recordOf(body);
    if (delaySeconds === 0) this.#add(record);
    else setTimeout(() => this.#add(record), delaySeconds * 1_000).unref();
  }

  /** A message was worked on. */
  remove(): void {
    this.#left--;
    if (this.#left === 0) this.#events.emit("empty");
  }

  /** Waits until no message is left, nor any that was kept back. */
  async empty(): Promise<void> {
    while (this.#left > 0) await once(this.#events, "empty");
  }

  /** A message that has failed comes back at once. */
  sendBack(record: SQSRecord): void {
    const receives = Number(record.attributes.ApproximateReceiveCount) + 1;
    this.#add({ ...record, attributes: { ...record.attributes, ApproximateReceiveCount: String(receives) } });
  }

  /**
   * Waits for a message, and then until a batch is full or its window is over.
   * @throws {AbortError}
   */
  async receive(size: number, windowMs: number, signal: AbortSignal): Promise<SQSRecord[]> {
    while (this.#waiting.length === 0) await once(this.#events, "sent", { signal });
    const end = performance.now() + windowMs;
    for (let left = windowMs; this.#waiting.length < size && left > 0; left = end - performance.now())
      await delay(left, undefined, { signal });
    const batch = [];
    let bytes = 0;
    for (const record of this.#waiting.slice(0, size)) {
      bytes += record.body.length;
      if (batch.length > 0 && bytes > LARGEST_BATCH_BYTES) break;
      batch.push(record);
    }
    this.#waiting.splice(0, batch.length);
    return batch;
  }

  #add(record: SQSRecord): void {
    this.#waiting.push(record);
    this.#events.emit("sent");
  }
}

function recordOf(body: string): SQSRecord {
  return {
    messageId: randomUUID(),
    receiptHandle: "",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(Date.now()),
      SenderId: "",
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "",
    awsRegion: "us-east-1",
  };
}
