import { setTimeout as delay } from "node:timers/promises";
import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { type Account, Accountant, cancelRun, chooseReplay, replayMessages } from "@lotes/core";
import { clientConfigFor } from "@lotes/local/client-config";
import type { Activity } from "@lotes/schedules/activity";
import type { KnownCancel, KnownUpload } from "@lotes/schedules/evidence";
import type { Cancel, OperatorAction, Schedule, Upload } from "@lotes/schedules/schedule";
import type { StrangersMessage } from "@lotes/schedules/strangers";
import type { S3Event } from "aws-lambda";
import type { Functions } from "./functions.ts";
import type { World } from "./world.ts";

// Lambda waits minutes before it invokes a function again. A schedule needs only some delay.
const LATER_MS = 60;

export interface ActorsOptions {
  readonly schedule: Schedule;
  readonly awsUrl: string;
  readonly world: World;
  readonly functions: Functions;
  readonly activity: Activity;
}

/** Everybody who acts from the outside: people who upload, S3 with its events, operators, and strangers. */
export class Actors {
  /** What was uploaded so far. */
  readonly uploads: KnownUpload[] = [];
  readonly cancels: KnownCancel[] = [];
  readonly #options: ActorsOptions;
  readonly #store: S3ObjectStore;
  /** One for each date. It lives as long as the schedule, like that of `lotes status --watch`. */
  readonly #accountants = new Map<string, Accountant>();
  #over = false;

  constructor(options: ActorsOptions) {
    this.#options = options;
    this.#store = new S3ObjectStore(options.world.bucket, this.#clientConfig());
  }

  async doAllPlanned(): Promise<void> {
    const { uploads, operator, cancels, strangers } = this.#options.schedule;
    await Promise.all([
      ...[...Map.groupBy(uploads, (upload) => upload.date).values()].map((ofDate) => this.#upload(ofDate)),
      ...operator.map((action) => this.#operate(action)),
      ...cancels.map((each) => this.#cancel(each)),
      this.#sendStrangers(strangers),
    ]);
  }

  /** As `lotes replay` does it. Returns how many ids were sent. */
  async replay(date: string, all: boolean): Promise<number> {
    const account = await this.account(date);
    if (account === undefined || account.run.status === "cancelled") return 0;
    const entries = chooseReplay(account.failures, account.run.run, { all });
    const queue = new SqsMessageQueue(this.#options.world.url("LoteQueue"), this.#clientConfig());
    await queue.send(replayMessages(entries, date));
    queue.close();
    this.#options.activity.ring("LoteQueue");
    return entries.length;
  }

  /** As `lotes status` takes it. */
  account(date: string): Promise<Account | undefined> {
    const accountant = this.#accountants.get(date) ?? new Accountant(this.#store, date);
    this.#accountants.set(date, accountant);
    return accountant.account();
  }

  /** Nothing that failed is tried again. */
  stop(): void {
    this.#over = true;
  }

  close(): void {
    this.#store.close();
  }

  async #sendStrangers(messages: readonly StrangersMessage[]): Promise<void> {
    const { world, activity } = this.#options;
    for (const { queue, body } of messages) {
      await world.send(queue, body);
      activity.ring(queue);
    }
  }

  /** Uploads the CSVs of one key, in the order of their sequencers. Their events may come in any order. */
  async #upload(uploads: readonly Upload[]): Promise<void> {
    const began = performance.now();
    const invocations: Promise<void>[] = [];
    for (const { atMs, date, csv, forced, events, eventGapMs } of uploads) {
      await delay(Math.max(0, began + atMs - performance.now()));
      const event = await this.#options.world.upload(date, csv, forced);
      this.uploads.push({ date, csv, forced, sequencer: event.Records[0]?.s3.object.sequencer ?? "" });
      for (let nth = 0; nth < events; nth++) invocations.push(this.#produce(event, nth * eventGapMs));
    }
    await Promise.all(invocations);
  }

  /** Invokes the producer until it succeeds: Lambda does so three times, and then somebody sends the event from ProducerFailures once more. */
  async #produce(event: S3Event, afterMs: number): Promise<void> {
    const { functions } = this.#options;
    await delay(afterMs);
    while (!this.#over && (await functions.invoke("producer", event)).answer === undefined) await delay(LATER_MS);
  }

  async #cancel({ atMs, date }: Cancel): Promise<void> {
    await delay(atMs);
    const run = await cancelRun(this.#store, date, new Date());
    // In real time nobody knows how late a consumer learns of it.
    if (run?.status === "cancelled") this.cancels.push({ date, run: run.run, knownAt: undefined });
  }

  async #operate({ atMs, date, does, attempts }: OperatorAction): Promise<void> {
    await delay(atMs);
    if (does === "redrive") await this.#options.world.redrive(attempts);
    else await this.replay(date, does === "replay-all");
    this.#options.activity.ring("LoteQueue");
  }

  #clientConfig() {
    // An operator may wait for an answer as long as it takes.
    return { ...clientConfigFor(this.#options.awsUrl), requestHandler: {} };
  }
}
