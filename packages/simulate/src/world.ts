import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { inputKey, type LedgerParts, MAX_RECEIVE_COUNT, type QueueName } from "@lotes/core";
import { eventBridgeEvent } from "@lotes/local/lambda/eventbridge-event";
import { s3Event } from "@lotes/local/lambda/s3-notification";
import type { Activity } from "@lotes/schedules/activity";
import { csvBytes } from "@lotes/schedules/csvs";
import { withAttempts } from "@lotes/schedules/edited-attempts";
import { seedOf } from "@lotes/schedules/schedule";
import { SIMULATED_RANGE_BYTES } from "@lotes/schedules/size";
import type { SQSRecord } from "aws-lambda";
import { Bucket } from "./bucket.ts";
import { EPOCH_MS } from "./globals.ts";
import { ManifestJudge } from "./manifest-judge.ts";
import { type Attributes, Queue } from "./queue.ts";
import type { ServiceCalls } from "./service-calls.ts";
import { connectToS3 } from "./simulated-s3.ts";
import { connectToSqs } from "./simulated-sqs.ts";
import type { Simulation } from "./simulation.ts";

const NAME = "lake";
// AWS asks for six times the function's timeout.
const TIMEOUTS_HIDDEN = 6;

/** How many lotes share a part of the ledger; undefined for the deployed rule, by which only large runs have parts. */
const LOTES_OF_PART = [undefined, 1, 2] as const;

/** What the producer is told of an upload. */
export interface UploadEvents {
  readonly sequencer: string;
  /** By S3's notification, and by EventBridge. */
  readonly events: readonly [unknown, unknown];
}

/** The bucket and the queues of one schedule. */
export class World {
  readonly bucket: Bucket;
  readonly manifests: ManifestJudge;
  readonly queues: Readonly<Record<QueueName, Queue>>;
  /** When the ledgers of the producer's runs have parts; undefined for the deployed rule. */
  readonly ledgerParts: LedgerParts | undefined;
  readonly #simulation: Simulation;
  #sequence = 0;

  constructor(simulation: Simulation, activity: Activity) {
    const { time, choices, schedule } = simulation;
    this.#simulation = simulation;
    const lotesOfPart = LOTES_OF_PART[seedOf(schedule.seed, schedule.index) % LOTES_OF_PART.length];
    this.ledgerParts = lotesOfPart === undefined ? undefined : { mostLotesInOne: 1, lotesOfPart };
    const options = { time, choices, epochMs: EPOCH_MS, visibilityMs: TIMEOUTS_HIDDEN * schedule.functionMs };
    const { opaqueEtags = false, versions: keepsVersions = true } = schedule.store ?? {};
    this.manifests = new ManifestJudge(schedule.loteSize);
    this.bucket = new Bucket({
      time,
      epochMs: EPOCH_MS,
      opaqueEtags,
      keepsVersions,
      onChange: (key, object) => this.manifests.changed(key, object),
    });
    const queue = (name: QueueName, redrive?: { to: Queue; maxReceives: number }) =>
      new Queue({ ...options, name, onVisible: () => activity.ring(name), ...(redrive && { redrive }) });
    const DeadLetterQueue = queue("DeadLetterQueue");
    this.queues = {
      DeadLetterQueue,
      LoteQueue: queue("LoteQueue", { to: DeadLetterQueue, maxReceives: MAX_RECEIVE_COUNT }),
    };
  }

  /** The bucket as a process sees it. */
  store(calls: ServiceCalls): S3ObjectStore {
    return new S3ObjectStore(NAME, {}, connectToS3(this.bucket, calls, this.#simulation), SIMULATED_RANGE_BYTES);
  }

  /** A queue as a process sees it that sends to it. */
  sender(queue: QueueName, calls: ServiceCalls): SqsMessageQueue {
    return new SqsMessageQueue(queue, {}, connectToSqs(this.queues[queue], calls));
  }

  /** Uploads a CSV and returns the events that S3 and EventBridge send for it. */
  upload(date: string, csv: string, forced: boolean): UploadEvents {
    const key = inputKey(date);
    const bytes = csvBytes(csv);
    const { etag } = this.bucket.put(key, bytes, forced ? { force: "true" } : {});
    const sequencer = (++this.#sequence).toString(16).toUpperCase().padStart(18, "0");
    const object = { bucket: NAME, key, etag, size: bytes.length };
    return { sequencer, events: [s3Event(object, sequencer), eventBridgeEvent(object, sequencer)] };
  }

  /**
   * Puts a message into a queue as it is.
   * @param attempts replaces the number of this name in its body; undefined leaves it
   */
  move({ body, messageAttributes }: SQSRecord, queue: QueueName, attempts?: string): void {
    const attributes = Object.entries(messageAttributes).map(([name, { dataType, stringValue }]) => [
      name,
      { DataType: dataType, ...(stringValue !== undefined && { StringValue: stringValue }) },
    ]);
    this.queues[queue].send(withAttempts(body, attempts), Object.fromEntries(attributes) as Attributes);
  }

  /** Moves what can be received back to LoteQueue, as the console's "Start DLQ redrive" does: the same bodies in new messages. */
  redrive(attempts?: string): void {
    for (const record of this.queues.DeadLetterQueue.receive(10)) {
      this.#simulation.count(`the operator redrives a message${attempts === undefined ? "" : " with other attempts"}`);
      this.move(record, "LoteQueue", attempts);
      this.queues.DeadLetterQueue.delete(record);
    }
  }

  get isDrained(): boolean {
    return this.queues.LoteQueue.size + this.queues.DeadLetterQueue.size === 0;
  }
}
