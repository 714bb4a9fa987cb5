import { setTimeout as delay } from "node:timers/promises";
import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { Accountant, chooseReplay, replayMessages } from "@lotes/core";
import { clientConfigFor } from "@lotes/local/client-config";
import { Random } from "@lotes/local/sample/random";
import type { S3Event } from "aws-lambda";
import { Activity } from "./activity.ts";
import { Disturbances } from "./disturbances.ts";
import { EventSources } from "./event-sources.ts";
import { Troubles } from "./fates.ts";
import { Functions } from "./functions.ts";
import type { Lab } from "./lab.ts";
import { lineOf, MOVIES } from "./movies.ts";
import { type Evidence, judge, type KnownUpload } from "./oracle.ts";
import { misansweredBy, type OperatorAction, type Schedule, seedOf, type Upload } from "./schedule.ts";
import { type QueueName, World } from "./world.ts";

const TOKEN = "the-secret-token-of-the-chaos";

// Lambda waits minutes before it invokes again; what matters is only that it is later.
const LATER_MS = 60;
// A schedule takes some ten. A machine with other things to do lets functions run out of time, and that takes longer.
const MOST_SECONDS = 240;
const LOOK_MS = 150;
const HEALING_ROUNDS = 3;

/** What became of one schedule. */
export interface Outcome {
  readonly schedule: Schedule;
  /** Broken promises, in sentences. */
  readonly wrong: readonly string[];
  readonly deaths: number;
  readonly troubles: number;
}

/** Runs a schedule until everything has settled, lets the oracle judge, ends all troubles, replays, and lets it judge again. */
export async function runSchedule(schedule: Schedule, lab: Lab): Promise<Outcome> {
  const world = new World(`${schedule.seed}-${schedule.index}`, lab);
  await world.create();
  const { tmdb: misbehaviour, tmdbLatencyMs: latencyMs } = schedule;
  const tmdb = await lab.tmdb.start({ facts: MOVIES, token: TOKEN, misbehaviour, latencyMs });
  const run = new ScheduleRun(schedule, lab, world, tmdb);
  try {
    return await run.toTheEnd();
  } finally {
    run.close();
  }
}

class ScheduleRun {
  readonly #schedule: Schedule;
  readonly #lab: Lab;
  readonly #world: World;
  readonly #tmdb: { readonly server: number; readonly port: number };
  readonly #activity = new Activity();
  readonly #troubles: Troubles;
  readonly #disturbances: Disturbances;
  readonly #functions: Functions;
  readonly #sources: EventSources;
  readonly #store: S3ObjectStore;
  readonly #uploads: KnownUpload[] = [];
  #over = false;

  constructor(schedule: Schedule, lab: Lab, world: World, tmdb: { server: number; port: number }) {
    const activity = this.#activity;
    const troubles = new Troubles(schedule.troubles, schedule.troubleOneIn);
    this.#schedule = schedule;
    this.#lab = lab;
    this.#world = world;
    this.#tmdb = tmdb;
    this.#troubles = troubles;
    const disturbances = new Disturbances(schedule.disturbances, new Random(seedOf(schedule.seed, schedule.index)));
    this.#disturbances = disturbances;
    const { port: tmdbPort } = tmdb;
    const functions = new Functions({ schedule, lab, world, activity, troubles, disturbances, tmdbPort, token: TOKEN });
    this.#functions = functions;
    this.#sources = new EventSources({ schedule, world, functions, activity, troubles });
    this.#store = new S3ObjectStore(world.bucket, this.#clientConfig());
  }

  async toTheEnd(): Promise<Outcome> {
    const wrong: string[] = [];
    const told = (error: unknown) => wrong.push(`${(error as Error).stack}`);
    try {
      const planned = this.#activity.during(() => this.#everythingPlanned());
      // Told of when it is waited for.
      planned.catch(() => {});
      await this.#settled();
      await planned;
      const stormy = await this.#evidence([], false);
      await this.#heal();
      const arrivals = await this.#lab.tmdb.end(this.#tmdb.server);
      wrong.push(...judge({ ...stormy, arrivals }), ...judge(await this.#evidence(arrivals, true)));
    } catch (error) {
      told(error);
    }
    this.#over = true;
    await this.#sources.stop().catch(told);
    return {
      schedule: this.#schedule,
      wrong: [...new Set(wrong)],
      deaths: this.#functions.deaths,
      troubles: this.#troubles.met + this.#disturbances.met,
    };
  }

  close(): void {
    this.#store.close();
    this.#functions.close();
  }

  async #everythingPlanned(): Promise<void> {
    const { uploads, operator, junk } = this.#schedule;
    await Promise.all([
      ...[...Map.groupBy(uploads, (upload) => upload.date).values()].map((ofDate) => this.#upload(ofDate)),
      ...operator.map((action) => this.#operate(action)),
      ...junk.map(({ queue, body }) => this.#sendJunk(queue, body)),
    ]);
  }

  async #sendJunk(queue: QueueName, body: string): Promise<void> {
    await this.#world.send(queue, body);
    this.#activity.ring(queue);
  }

  /** Uploads of one key, in their order: S3's sequencers tell it. Their events come when they come. */
  async #upload(uploads: readonly Upload[]): Promise<void> {
    const began = performance.now();
    const told: Promise<void>[] = [];
    for (const { atMs, date, csv, events, eventGapMs } of uploads) {
      await delay(Math.max(0, began + atMs - performance.now()));
      const event = await this.#world.upload(date, csv);
      this.#uploads.push({ date, csv, sequencer: event.Records[0]?.s3.object.sequencer ?? "" });
      for (let nth = 0; nth < events; nth++) told.push(this.#produce(event, nth * eventGapMs));
    }
    await Promise.all(told);
  }

  /** Lambda invokes again what failed; after the last time somebody takes the event from ProducerFailures and sends it once more. */
  async #produce(event: S3Event, afterMs: number): Promise<void> {
    await delay(afterMs);
    while (!this.#over && (await this.#functions.invoke("producer", event)) === undefined) await delay(LATER_MS);
  }

  async #operate({ atMs, date, does }: OperatorAction): Promise<void> {
    await delay(atMs);
    if (does === "redrive") await this.#world.redrive();
    else await this.#replay(date, does === "replay-all");
    this.#activity.ring("LoteQueue");
  }

  /** As `lotes replay` does it. */
  async #replay(date: string, all: boolean): Promise<number> {
    const account = await new Accountant(this.#store, date).take();
    if (account === undefined) return 0;
    const entries = chooseReplay(account.failures, account.run.run, { all });
    const queue = new SqsMessageQueue(this.#world.url("LoteQueue"), this.#clientConfig());
    await queue.send(replayMessages(entries, date));
    queue.close();
    this.#activity.ring("LoteQueue");
    return entries.length;
  }

  /** All is well from now on, and what failed is asked for again. */
  async #heal(): Promise<void> {
    this.#troubles.end();
    this.#disturbances.end();
    await this.#lab.tmdb.misbehave(this.#tmdb.server, []);
    const dates = new Set(this.#uploads.map((upload) => upload.date));
    for (let round = 0; round < HEALING_ROUNDS; round++) {
      const sent = await Promise.all([...dates].map((date) => this.#replay(date, false)));
      if (sent.every((count) => count === 0)) return;
      await this.#settled();
    }
  }

  /** Waits until nothing is under way and nothing is queued. */
  async #settled(): Promise<void> {
    const end = performance.now() + MOST_SECONDS * 1000;
    while (performance.now() < end) {
      // Asked before and after, since the queues can only be asked in between.
      if (this.#activity.isNone && (await this.#sources.isDrained()) && this.#activity.isNone) return;
      await delay(LOOK_MS);
    }
    throw new Error(`not settled after ${MOST_SECONDS} s`);
  }

  async #evidence(arrivals: Evidence["arrivals"], healed: boolean): Promise<Evidence> {
    const { junk, loteSize, requestsPerSecond } = this.#schedule;
    return {
      uploads: this.#uploads.toSorted((a, b) => (a.sequencer < b.sequencer ? -1 : 1)),
      objects: await this.#world.objects(),
      recordOf: lineOf,
      arrivals,
      deliveries: [...this.#sources.deliveries],
      misanswered: misansweredBy(this.#schedule),
      junk: junk.map(({ body }) => body),
      loteSize,
      requestsPerSecond,
      secret: TOKEN,
      texts: [...this.#functions.output, ...this.#world.bodies],
      healed,
    };
  }

  #clientConfig() {
    // An operator has time.
    return { ...clientConfigFor(this.#lab.awsUrl), requestHandler: {} };
  }
}
