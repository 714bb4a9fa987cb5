import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { inputKey, type QueueName } from "@lotes/core";
import { s3Event, toRecord } from "@lotes/local";
import { csvBytes } from "@lotes/schedules/csvs";
import { withAttempts } from "@lotes/schedules/edited-attempts";
import type { S3Event, SQSRecord } from "aws-lambda";
import type { Lab } from "./lab.ts";

/** An object as it lies in the bucket. */
export interface Stored {
  readonly body: string;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const ACCOUNT = "000000000000";
// AWS asks for at least 5, since throttled receives count too.
export const MAX_RECEIVES = 5;
// Longer than any schedule. Whoever fails makes its message visible again by itself.
const VISIBILITY_SECONDS = "3600";

/** The bucket and the queues of one schedule, seen from outside the pipeline. */
export class World {
  readonly bucket: string;
  /** Every body that ever was in a queue. */
  readonly bodies = new Set<string>();
  readonly #s3: Lab["s3"];
  readonly #sqs: Lab["sqs"];
  readonly #name: string;
  readonly #awsUrl: string;
  #sequence = 0;

  constructor(name: string, { s3, sqs, awsUrl }: Pick<Lab, "s3" | "sqs" | "awsUrl">) {
    this.bucket = `lake-${name}`;
    this.#name = name;
    this.#awsUrl = awsUrl;
    this.#s3 = s3;
    this.#sqs = sqs;
  }

  async create(): Promise<void> {
    await this.#s3.send(new CreateBucketCommand({ Bucket: this.bucket }));
    await this.#createQueue("DeadLetterQueue", {});
    await this.#createQueue("LoteQueue", {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: this.#arn("DeadLetterQueue"),
        maxReceiveCount: String(MAX_RECEIVES),
      }),
    });
  }

  url(queue: QueueName): string {
    // The URL that SQS returns has a host name that may not resolve.
    return `${this.#awsUrl}/${ACCOUNT}/${queue}-${this.#name}`;
  }

  /**
   * Uploads a CSV and returns the event that S3 sends for it.
   * @param forced as `lotes ingest --force` does it
   */
  async upload(date: string, csv: string, forced: boolean): Promise<S3Event> {
    const at = { Bucket: this.bucket, Key: inputKey(date) };
    const bytes = csvBytes(csv);
    await this.#s3.send(new PutObjectCommand({ ...at, Body: bytes, ...(forced && { Metadata: { force: "true" } }) }));
    const { ETag = "" } = await this.#s3.send(new HeadObjectCommand(at));
    const sequencer = (++this.#sequence).toString(16).toUpperCase().padStart(18, "0");
    const object = { bucket: this.bucket, key: at.Key, etag: ETag.replaceAll('"', ""), size: bytes.length };
    return s3Event(object, sequencer);
  }

  async receive(queue: QueueName, most: number): Promise<SQSRecord[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url(queue),
        MaxNumberOfMessages: most,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
    );
    for (const { Body = "" } of Messages) this.bodies.add(Body);
    return Messages.map((message) => toRecord(message, this.#arn(queue)));
  }

  async delete(queue: QueueName, { receiptHandle }: SQSRecord): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.url(queue), ReceiptHandle: receiptHandle }));
  }

  /** Lets a message be received again, as when its visibility timeout is over. */
  async giveBack(queue: QueueName, { receiptHandle }: SQSRecord): Promise<void> {
    const QueueUrl = this.url(queue);
    await this.#sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }),
    );
  }

  async send(queue: QueueName, body: string, attributes: Message["MessageAttributes"] = {}): Promise<void> {
    this.bodies.add(body);
    await this.#sqs.send(
      new SendMessageCommand({ QueueUrl: this.url(queue), MessageBody: body, MessageAttributes: attributes }),
    );
  }

  /**
   * Puts a message into a queue as it is.
   * @param attempts replaces the number of this name in its body; undefined leaves it
   */
  async move({ body, messageAttributes }: SQSRecord, queue: QueueName, attempts?: string): Promise<void> {
    const attributes = Object.entries(messageAttributes).map(([name, { dataType, stringValue }]) => [
      name,
      { DataType: dataType, StringValue: stringValue },
    ]);
    await this.send(queue, withAttempts(body, attempts), Object.fromEntries(attributes));
  }

  /** Moves what can be received back to LoteQueue, as the console's "Start DLQ redrive" does: the same bodies in new messages. */
  async redrive(attempts?: string): Promise<void> {
    for (const record of await this.receive("DeadLetterQueue", 10)) {
      await this.move(record, "LoteQueue", attempts);
      await this.delete("DeadLetterQueue", record);
    }
  }

  /** Whether nothing is in the queues, neither visible nor received. */
  async isDrained(): Promise<boolean> {
    for (const queue of ["LoteQueue", "DeadLetterQueue"] as const) {
      const { Attributes = {} } = await this.#sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: this.url(queue), AttributeNames: ["All"] }),
      );
      const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes;
      const { ApproximateNumberOfMessagesDelayed: delayed } = Attributes;
      if (Number(visible) + Number(inFlight) + Number(delayed) > 0) return false;
    }
    return true;
  }

  /** Every object of the bucket by its key. */
  async objects(): Promise<Map<string, Stored>> {
    const objects = new Map<string, Stored>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.bucket })) {
      for (const { Key = "" } of Contents) {
        const {
          Body,
          ETag = "",
          Metadata = {},
        } = await this.#s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
        const body = (await Body?.transformToString()) ?? "";
        objects.set(Key, { body, etag: ETag.replaceAll('"', ""), metadata: Metadata });
      }
    }
    return objects;
  }

  async #createQueue(name: QueueName, attributes: Record<string, string>): Promise<void> {
    await this.#sqs.send(
      new CreateQueueCommand({
        QueueName: `${name}-${this.#name}`,
        Attributes: { VisibilityTimeout: VISIBILITY_SECONDS, ...attributes },
      }),
    );
  }

  #arn(queue: QueueName): string {
    return `arn:aws:sqs:us-east-1:${ACCOUNT}:${queue}-${this.#name}`;
  }
}
