import { setTimeout as delay } from "node:timers/promises";
import { ChangeMessageVisibilityCommand } from "@aws-sdk/client-sqs";
import {
  ASYNC_RETRY_DELAYS_SECONDS,
  COLLECTOR,
  COLLECTORS,
  CONSUMER,
  type FunctionLimits,
  type FunctionName,
  INPUT_EVENTS,
} from "@lotes/core";
import { EventSourceMapping } from "@lotes/local/lambda/event-source-mapping";
import type { S3Event, SQSEvent } from "aws-lambda";
import type { Place } from "./place.ts";

/** Hands events to a function, one at a time or several at once, and gives its answers. */
export interface Invoked {
  readonly name: string;
  invoke(event: unknown): Promise<unknown>;
}

const CONSUMERS = 2;
// SQS hands out no more at a time.
const MOST_MESSAGES = 10;

/** The three functions with their event sources, over a place. */
export class Deployment implements AsyncDisposable {
  readonly events: S3Event[] = [];
  /** What went wrong around the functions, in words. */
  readonly failures: string[] = [];
  /** The lote whose consumer dies, until it is let live. */
  dyingLote: number | undefined;
  readonly #place: Place;
  readonly #functions: Readonly<Record<FunctionName, Invoked>>;
  readonly #sources: { stop(): Promise<void> }[] = [];
  readonly #producing = new Set<Promise<void>>();
  #notification: AsyncDisposable | undefined;

  private constructor(place: Place, functions: Readonly<Record<FunctionName, Invoked>>) {
    this.#place = place;
    this.#functions = functions;
  }

  /** With the producer and the consumer at work, and no collector yet. */
  static async start(place: Place, functions: Readonly<Record<FunctionName, Invoked>>): Promise<Deployment> {
    const deployment = new Deployment(place, functions);
    deployment.#notification = await place.bucketServer.notify(place.bucket, (event) => deployment.#produce(event));
    deployment.#map(
      CONSUMER,
      { name: "consumer", invoke: (event) => deployment.#consume(event as SQSEvent) },
      CONSUMERS,
    );
    return deployment;
  }

  startCollector(): void {
    this.#map(COLLECTOR, this.#functions.collector, COLLECTORS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#notification?.[Symbol.asyncDispose]();
    await Promise.all([...this.#sources.map((source) => source.stop()), ...this.#producing]);
  }

  /** Asynchronously, and again when it fails. The filter of the notification is applied here, where the server has none. */
  #produce(event: S3Event): void {
    const isInput = event.Records.every(({ s3: { object } }) => {
      const key = decodeURIComponent(object.key.replaceAll("+", " "));
      return key.startsWith(INPUT_EVENTS.prefix) && key.endsWith(INPUT_EVENTS.suffix);
    });
    if (!isInput) return;
    this.events.push(event);
    const producing = this.#producer(event).finally(() => this.#producing.delete(producing));
    this.#producing.add(producing);
  }

  async #producer(event: S3Event): Promise<void> {
    for (let tried = 0; tried <= ASYNC_RETRY_DELAYS_SECONDS.length; tried++) {
      try {
        await this.#functions.producer.invoke(event);
        return;
      } catch (error) {
        this.failures.push(`producer: ${(error as Error).message}`);
        // Lambda waits for minutes.
        await delay(1_000);
      }
    }
  }

  /** Lets the consumer of one lote die as often as it is called, and SQS deliver that lote again at once. */
  async #consume(event: SQSEvent): Promise<unknown> {
    const [record] = event.Records;
    if (this.dyingLote === undefined || !record?.body.includes(`"lote":${this.dyingLote},`)) {
      return this.#functions.consumer.invoke(event);
    }
    const QueueUrl = this.#place.queueUrl(CONSUMER.queue);
    await this.#place.sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: record.receiptHandle, VisibilityTimeout: 0 }),
    );
    throw new Died();
  }

  #map({ queue, batchSize }: typeof CONSUMER & FunctionLimits, invoked: Invoked, concurrency: number): void {
    const mapping = new EventSourceMapping(invoked, {
      sqs: this.#place.sqs,
      queueUrl: this.#place.queueUrl(queue),
      queueArn: this.#place.queueArn(queue),
      batchSize: Math.min(batchSize, MOST_MESSAGES),
      concurrency,
      onError: (error) => {
        if (!(error instanceof Died)) this.failures.push(`${invoked.name}: ${error.message}`);
      },
    });
    this.#sources.push(mapping);
  }
}

/** The death of a consumer that was to die. */
class Died extends Error {
  override readonly name = "Died";
}
