import { setTimeout as delay } from "node:timers/promises";
import type { QueueName } from "@lotes/core/topology";
import { Random } from "@lotes/local/sample/random";
import type { Activity } from "@lotes/schedules/activity";
import type { Delivery } from "@lotes/schedules/evidence";
import { type Schedule, seedOf } from "@lotes/schedules/schedule";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { Troubles } from "./faults.ts";
import type { Functions } from "./functions.ts";
import { MAX_RECEIVES, type World } from "./world.ts";

// A queue is looked at so often without a bell, in case one was missed.
const POLL_MS = 1_000;

const COLLECTOR_BATCH = 10;
// A delivery in so many waits before it is worked on, for up to so long: whoever received first is not always first at work.
const LATE_ONE_IN = 3;
const LATEST_MS = 300;
// A message in so many is not deleted, though the work is done.
const UNDELETED_ONE_IN = 12;

export interface EventSourcesOptions {
  readonly schedule: Schedule;
  readonly world: World;
  readonly functions: Functions;
  readonly activity: Activity;
  readonly troubles: Troubles;
}

interface EventSource {
  readonly name: "consumer" | "collector";
  readonly queue: QueueName;
  readonly batch: number;
}

const CONSUMER: EventSource = { name: "consumer", queue: "LoteQueue", batch: 1 };
const COLLECTOR: EventSource = { name: "collector", queue: "DeadLetterQueue", batch: COLLECTOR_BATCH };

/** SQS and Lambda's event sources on a bad day: messages that come late, twice, at the same time, and again though they were done. */
export class EventSources {
  /** What became of the consumers' deliveries. */
  readonly deliveries: Delivery[] = [];
  readonly #options: EventSourcesOptions;
  readonly #random: Random;
  /** Second copies of messages, to be delivered like the first. */
  readonly #duplicates: SQSRecord[] = [];
  readonly #running: Promise<unknown>;
  #givenUp = false;
  #over = false;

  constructor(options: EventSourcesOptions) {
    const { consumers, collectors, seed, index } = options.schedule;
    this.#options = options;
    // Its own stream of choices, apart from the schedule's.
    this.#random = new Random(~seedOf(seed, index));
    const sources = [
      ...Array<EventSource>(consumers).fill(CONSUMER),
      ...Array<EventSource>(collectors).fill(COLLECTOR),
    ];
    this.#running = Promise.all(sources.map((source) => this.#run(source)));
    // Its rejection is handled where the sources are stopped.
    this.#running.catch(() => {});
  }

  /** Whether every copy of every message was worked on. */
  async isDrained(): Promise<boolean> {
    return this.#duplicates.length === 0 && (await this.#options.world.isDrained());
  }

  async stop(): Promise<void> {
    this.#over = true;
    for (const { queue } of [CONSUMER, COLLECTOR]) this.#options.activity.ring(queue);
    await this.#running;
  }

  /** Hands batches to a function, one at a time. */
  async #run(source: EventSource): Promise<void> {
    const { activity } = this.#options;
    while (!this.#over) {
      const worked = await activity.during(() => this.#workOnNext(source));
      if (!worked) await bellOrNextPoll(activity.bell(source.queue));
    }
  }

  async #workOnNext(source: EventSource): Promise<boolean> {
    const copies = source === CONSUMER ? this.#duplicates.splice(0, 1) : [];
    const records = copies.length > 0 ? copies : await this.#receive(source);
    if (records.length === 0) return this.#isMovedOn(source);
    if (this.#random.oneIn(LATE_ONE_IN)) await delay(this.#random.below(LATEST_MS));
    for (const [record, comesBack] of await this.#delivered(source, records)) {
      if (copies.length > 0) await this.#endCopy(record, comesBack);
      else if (comesBack) await this.#giveBack(source, record);
      else await this.#options.world.delete(source.queue, record);
    }
    return true;
  }

  async #giveBack({ queue }: EventSource, record: SQSRecord): Promise<void> {
    await this.#options.world.giveBack(queue, record);
    this.#options.activity.ring(queue);
    if (Number(record.attributes.ApproximateReceiveCount) >= MAX_RECEIVES) this.#givenUp = true;
  }

  /** A message that was received often enough is moved to the DeadLetterQueue by the next look for it, which finds nothing. */
  #isMovedOn(source: EventSource): boolean {
    if (source !== CONSUMER || !this.#givenUp) return false;
    this.#givenUp = false;
    this.#options.activity.ring("DeadLetterQueue");
    return true;
  }

  async #receive({ name, queue, batch }: EventSource): Promise<SQSRecord[]> {
    const { world, schedule } = this.#options;
    const records = await world.receive(queue, this.#random.between(1, batch));
    if (name === "consumer" && this.#random.oneIn(schedule.duplicateOneIn)) {
      this.#duplicates.push(...records.map(receivedOnceMore));
      this.#options.activity.ring(queue);
    }
    return records;
  }

  /** @returns each message, and whether it comes back */
  async #delivered({ name }: EventSource, records: readonly SQSRecord[]): Promise<[SQSRecord, boolean][]> {
    const { functions, schedule } = this.#options;
    const began = performance.now();
    const { answer, heldUp } = await functions.invoke<SQSBatchResponse>(name, { Records: records });
    const timeUsed = (performance.now() - began) / schedule.functionMs;
    const failures = new Set(answer?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
    return records.map((record) => {
      const failed = answer === undefined || failures.has(record.messageId);
      const receives = Number(record.attributes.ApproximateReceiveCount);
      if (name === "consumer") this.deliveries.push({ body: record.body, timeUsed, failed, receives, heldUp });
      return [record, failed || this.#isNotDeleted()];
    });
  }

  #isNotDeleted(): boolean {
    const { troubles } = this.#options;
    if (troubles.areOver || !this.#random.oneIn(UNDELETED_ONE_IN)) return false;
    troubles.meet();
    return true;
  }

  /** A second copy of a message is a message: it comes back until it is deleted, or given up after five receives. */
  async #endCopy(record: SQSRecord, comesBack: boolean): Promise<void> {
    if (!comesBack) return;
    const receives = Number(record.attributes.ApproximateReceiveCount);
    if (receives < MAX_RECEIVES) {
      this.#duplicates.push(receivedOnceMore(record));
    } else {
      await this.#options.world.move(record, "DeadLetterQueue");
      this.#options.activity.ring("DeadLetterQueue");
    }
  }
}

/** Waits for a bell, or until the queue is to be looked at without one. */
async function bellOrNextPoll(bell: Promise<void>): Promise<void> {
  const stop = new AbortController();
  await Promise.race([bell, delay(POLL_MS, undefined, { signal: stop.signal }).catch(() => {})]);
  stop.abort();
}

/** The same message as another delivery of it looks. */
function receivedOnceMore(record: SQSRecord): SQSRecord {
  const ApproximateReceiveCount = String(Number(record.attributes.ApproximateReceiveCount) + 1);
  return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount } };
}
