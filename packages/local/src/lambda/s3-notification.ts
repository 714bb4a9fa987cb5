import { setTimeout as delay } from "node:timers/promises";
import { INPUT_EVENTS } from "@lotes/core";
import type { S3Event } from "aws-lambda";
import type { Emulator, ObjectCreated } from "../emulator/emulator.ts";
import type { Invoked } from "./lambda-function.ts";

export interface NotificationOptions {
  readonly retryDelaysMs: readonly number[];
  /** Told of each failed invocation. */
  readonly onError: (error: Error) => void;
  /** Told when the last try has failed and the event goes to the on-failure destination. */
  readonly onGivenUp: (error: Error) => void;
  /** The events of one upload, in the order in which they come; by default the notification's alone. */
  readonly events?: readonly CreatedEvent[];
}

/** How somebody tells of a new object. */
export type CreatedEvent = (object: ObjectCreated, sequencer: string) => unknown;

/**
 * The bucket's notification: invokes the function asynchronously for each object created under the input prefix and suffix, and again
 * after a while when it fails, as Lambda does.
 */
export class S3Notification {
  readonly #emulator: Emulator;
  readonly #function: Invoked;
  readonly #options: NotificationOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stopped = new AbortController();
  readonly #lastSequencers = new Map<string, bigint>();

  constructor(emulator: Emulator, invoked: Invoked, options: NotificationOptions) {
    this.#function = invoked;
    this.#options = options;
    this.#emulator = emulator;
    emulator.on("created", (object) => this.#notify(object));
  }

  /**
   * Sends the events of the objects that lie there once more: Lambda keeps the events that it has accepted, and here nobody knows which
   * of them were handled before the process ended. An event can come twice on AWS too.
   */
  resume(): void {
    for (const object of this.#emulator.objects(INPUT_EVENTS.prefix)) this.#notify(object);
  }

  /** Starts nothing more and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }

  #notify(object: ObjectCreated): void {
    const matches = object.key.startsWith(INPUT_EVENTS.prefix) && object.key.endsWith(INPUT_EVENTS.suffix);
    if (matches && !this.#stopped.signal.aborted) this.#track(this.#tell(object, this.#sequencer(object)));
  }

  /** One event after the other: side by side, each would read the whole CSV. */
  async #tell(object: ObjectCreated, sequencer: string): Promise<void> {
    for (const event of this.#options.events ?? [s3Event]) {
      if (!this.#stopped.signal.aborted) await this.#invoke(event(object, sequencer));
    }
  }

  async #invoke(event: unknown): Promise<void> {
    const { retryDelaysMs, onError, onGivenUp } = this.#options;
    for (let failures = 0; ; failures++) {
      try {
        await this.#function.invoke(event);
        return;
      } catch (error) {
        onError(error as Error);
        const wait = retryDelaysMs[failures];
        if (wait === undefined) return onGivenUp(error as Error);
        const goesOn = await delay(wait, true, { signal: this.#stopped.signal }).catch(() => false);
        if (!goesOn) return;
      }
    }
  }

  #track(running: Promise<void>): void {
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Rises with each event, as S3's does for a key, and is the same for an object whenever it is told of: the time of its creation. */
  #sequencer({ key, createdAt }: ObjectCreated): string {
    const time = BigInt(createdAt.getTime()) << 16n;
    const last = this.#lastSequencers.get(key) ?? 0n;
    // Two of one millisecond.
    const sequencer = time > last ? time : last + 1n;
    this.#lastSequencers.set(key, sequencer);
    return sequencer.toString(16).toUpperCase().padStart(18, "0");
  }
}

/** S3's event for a new object (S3 User Guide, "Event message structure", version 2.1). */
export function s3Event({ bucket, key, etag, size }: Omit<ObjectCreated, "createdAt">, sequencer: string): S3Event {
  // A multipart upload's ETag ends in the number of its parts.
  const eventName = etag.includes("-") ? "ObjectCreated:CompleteMultipartUpload" : "ObjectCreated:Put";
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: "us-east-1",
        eventTime: new Date().toISOString(),
        eventName,
        userIdentity: { principalId: "local" },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        responseElements: { "x-amz-request-id": "local", "x-amz-id-2": "local" },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "movies",
          bucket: { name: bucket, ownerIdentity: { principalId: "local" }, arn: `arn:aws:s3:::${bucket}` },
          // As in a URL's query: a space is a plus.
          object: {
            key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+"),
            size,
            eTag: etag,
            sequencer,
          },
        },
      },
    ],
  };
}
