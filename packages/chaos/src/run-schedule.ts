import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { Accountant, chooseReplay, replayMessages } from "@lotes/core";
import { LOCAL_CREDENTIALS, LOCAL_REGION } from "@lotes/local/emulator/emulator";
import { Random } from "@lotes/local/sample/random";
import type { S3Event, SQSBatchResponse, SQSRecord } from "aws-lambda";
import { ExecutionEnvironment } from "./execution-environment.ts";
import type { Troubles } from "./fates.ts";
import type { FunctionName } from "./function-code.ts";
import type { Lab } from "./lab.ts";
import { lineOf, MOVIES } from "./movies.ts";
import { type Delivery, type Evidence, judge, type KnownUpload } from "./oracle.ts";
import { type OperatorAction, type Schedule, seedOf, type Upload } from "./schedule.ts";
import { MAX_RECEIVES, type QueueName, Signal, World } from "./world.ts";

const TOKEN = "the-secret-token-of-the-chaos";

// Lambda waits minutes before it invokes again, SQS until the visibility timeout is over; what matters is only that it is later.
const LATER_MS = 60;
// A look without a reason, in case one was missed.
const IDLE_MS = 2_000;
const MOST_SECONDS = 90;
// By then a message that was being sent can be received.
const SENT_MS = 50;
const BATCH = 10;
const HEALING_ROUNDS = 3;

/** What became of one schedule. */
export interface Outcome {
  readonly schedule: Schedule;
  /** Broken promises, in sentences. */
  readonly wrong: readonly string[];
  readonly deaths: number;
  readonly troubles: number;
  readonly seconds: number;
}

/** Runs a schedule until everything has settled, lets the oracle judge, ends all troubles, replays, and lets it judge again. */
export async function runSchedule(schedule: Schedule, lab: Lab): Promise<Outcome> {
  const run = new ScheduleRun(schedule, lab);
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
  readonly #troubles: { -readonly [K in keyof Troubles]: Troubles[K] };
  readonly #store: S3ObjectStore;
  readonly #random: Random;
  readonly #signal = new Signal();
  readonly #sockets = new Set<Socket>();
  readonly #output: string[] = [];
  readonly #uploads: KnownUpload[] = [];
  readonly #deliveries: Delivery[] = [];
  /** Deliveries that SQS makes once more than it should. */
  readonly #duplicates: SQSRecord[] = [];
  readonly #invocations: Record<FunctionName, number> = { producer: 0, consumer: 0, collector: 0 };
  readonly #idle: Record<FunctionName, ExecutionEnvironment[]> = { producer: [], consumer: [], collector: [] };
  #tmdb = { server: 0, port: 0 };
  #busy = 0;
  #deaths = 0;
  #over = false;

  constructor(schedule: Schedule, lab: Lab) {
    this.#schedule = schedule;
    this.#lab = lab;
    this.#world = new World(`${schedule.seed}-${schedule.index}`, lab);
    this.#troubles = { left: schedule.troubles, oneIn: schedule.troubleOneIn };
    this.#random = new Random(seedOf(schedule.seed, schedule.index) ^ 0x5eed);
    this.#store = new S3ObjectStore(this.#world.bucket, this.#clientConfig());
  }

  async toTheEnd(): Promise<Outcome> {
    const began = performance.now();
    const { tmdb, tmdbLatencyMs, consumers, collectors } = this.#schedule;
    await this.#world.create();
    this.#tmdb = await this.#lab.tmdb.start({
      facts: MOVIES,
      token: TOKEN,
      misbehaviour: tmdb,
      latencyMs: tmdbLatencyMs,
    });
    const sources = [
      ...Array.from({ length: consumers }, () => this.#work("consumer", "LoteQueue", 1)),
      ...Array.from({ length: collectors }, () => this.#work("collector", "DeadLetterQueue", BATCH)),
    ];
    const wrong: string[] = [];
    try {
      this.#busy++;
      void this.#everythingPlanned().then(() => this.#busy--);
      await this.#settled();
      const stormy = await this.#evidence([], false);
      await this.#heal();
      const arrivals = await this.#lab.tmdb.end(this.#tmdb.server);
      wrong.push(...judge({ ...stormy, arrivals }), ...judge(await this.#evidence(arrivals, true)));
    } catch (error) {
      wrong.push(`${(error as Error).stack}`);
    }
    this.#over = true;
    this.#signal.give();
    await Promise.all(sources);
    return {
      schedule: this.#schedule,
      wrong: [...new Set(wrong)],
      deaths: this.#deaths,
      troubles: this.#schedule.troubles - this.#troubles.left,
      seconds: (performance.now() - began) / 1000,
    };
  }

  close(): void {
    this.#store.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #everythingPlanned(): Promise<void> {
    const { uploads, operator, junk } = this.#schedule;
    await Promise.all([
      ...[...Map.groupBy(uploads, (upload) => upload.date).values()].map((ofDate) => this.#upload(ofDate)),
      ...operator.map((action) => this.#operate(action)),
      ...junk.map(({ queue, body }) => this.#world.send(queue, body)),
    ]);
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
    while (!this.#over) {
      if ((await this.#invoke("producer", event)) !== "failed") return;
      await delay(LATER_MS);
    }
  }

  async #operate({ atMs, date, does }: OperatorAction): Promise<void> {
    await delay(atMs);
    if (does === "redrive") await this.#world.redrive();
    else await this.#replay(date, does === "replay-all");
    this.#signal.give();
  }

  /** As `lotes replay` does it. */
  async #replay(date: string, all: boolean): Promise<number> {
    const account = await new Accountant(this.#store, date).take();
    if (account === undefined) return 0;
    const entries = chooseReplay(account.failures, account.run.run, { all });
    const queue = new SqsMessageQueue(this.#world.url("LoteQueue"), this.#clientConfig());
    await queue.send(replayMessages(entries, date));
    queue.close();
    this.#signal.give();
    return entries.length;
  }

  /** All is well from now on, and what failed is asked for again. */
  async #heal(): Promise<void> {
    this.#troubles.left = 0;
    await this.#lab.tmdb.misbehave(this.#tmdb.server, []);
    const dates = new Set(this.#uploads.map((upload) => upload.date));
    for (let round = 0; round < HEALING_ROUNDS; round++) {
      const sent = await Promise.all([...dates].map((date) => this.#replay(date, false)));
      if (sent.every((count) => count === 0)) return;
      await this.#settled();
    }
  }

  /** An event source: hands batches to a function, one at a time, as long as the schedule runs. */
  async #work(name: "consumer" | "collector", queue: QueueName, most: number): Promise<void> {
    while (!this.#over) {
      this.#busy++;
      const { records, isDuplicate } = await this.#next(name, queue, most);
      if (records.length > 0) {
        // Whoever received first is not always first at work.
        if (this.#random.oneIn(3)) await delay(this.#random.below(300));
        await this.#deliver(name, queue, records, isDuplicate);
      }
      this.#busy--;
      if (records.length === 0) await this.#signal.wait(IDLE_MS);
    }
  }

  /** What to deliver next; lotes now and then a second time. */
  async #next(name: "consumer" | "collector", queue: QueueName, most: number) {
    const again = name === "consumer" ? this.#duplicates.splice(0, 1) : [];
    if (again.length > 0) return { records: again, isDuplicate: true };
    const records = await this.#world.receive(queue, this.#random.between(1, most));
    if (name === "consumer" && this.#random.oneIn(this.#schedule.duplicateOneIn)) {
      this.#duplicates.push(...records.map(oneReceiveMore));
    }
    return { records, isDuplicate: false };
  }

  async #deliver(
    name: "consumer" | "collector",
    queue: QueueName,
    records: readonly SQSRecord[],
    isDuplicate: boolean,
  ): Promise<void> {
    const began = performance.now();
    const result = await this.#invoke(name, { Records: records });
    const timeUsed = (performance.now() - began) / this.#schedule.functionMs;
    const failures = new Set(
      result === "failed"
        ? records.map((record) => record.messageId)
        : ((result as SQSBatchResponse).batchItemFailures ?? []).map((failure) => failure.itemIdentifier),
    );
    for (const record of records) {
      const failed = failures.has(record.messageId);
      if (name === "consumer") this.#deliveries.push({ body: record.body, timeUsed, failed });
      // Lambda may do its work and yet not be able to delete the message.
      const comesBack = failed || this.#loses();
      if (isDuplicate) await this.#endDuplicate(record, comesBack);
      else if (comesBack) await this.#world.giveBack(queue, record);
      else await this.#world.delete(queue, record);
    }
  }

  /** A second copy of a message is a message: it comes back until it is deleted, or given up after five receives. */
  async #endDuplicate(record: SQSRecord, comesBack: boolean): Promise<void> {
    if (!comesBack) return;
    if (Number(record.attributes.ApproximateReceiveCount) < MAX_RECEIVES) this.#duplicates.push(oneReceiveMore(record));
    else await this.#world.move(record, "DeadLetterQueue");
  }

  #loses(): boolean {
    if (this.#troubles.left <= 0 || !this.#random.oneIn(12)) return false;
    this.#troubles.left--;
    return true;
  }

  /**
   * Invokes a function in an environment that is warm, or else in a new one.
   * @returns what it answered, or that it failed or died
   */
  async #invoke(name: FunctionName, event: unknown): Promise<unknown> {
    const { seed, index, functionMs } = this.#schedule;
    const nth = this.#invocations[name]++;
    const environment = this.#idle[name].pop() ?? this.#environment(name);
    this.#busy++;
    try {
      return await environment.invoke(event, functionMs, seedOf(seedOf(seed, index), nth * 3 + name.length));
    } catch {
      return "failed";
    } finally {
      if (environment.dead) this.#deaths++;
      else this.#idle[name].push(environment);
      this.#busy--;
      this.#signal.give();
    }
  }

  #environment(name: FunctionName): ExecutionEnvironment {
    const { requestsPerSecond, consumers, loteSize } = this.#schedule;
    const link = (properties: Record<string, string>) => JSON.stringify(properties);
    return new ExecutionEnvironment({
      name,
      code: this.#lab.code[name],
      ports: {
        aws: Number(new URL(this.#lab.awsUrl).port),
        faultyAws: this.#lab.faultyAwsPort,
        tmdb: this.#tmdb.port,
      },
      troubles: this.#troubles,
      sockets: this.#sockets,
      onSent: () => setTimeout(() => this.#signal.give(), SENT_MS),
      onOutput: (text) => this.#output.push(text),
      env: {
        AWS_REGION: LOCAL_REGION,
        AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_S3: this.#lab.awsUrl,
        AWS_ENDPOINT_URL_SQS: this.#lab.awsUrl,
        AWS_LAMBDA_FUNCTION_NAME: name,
        POWERTOOLS_METRICS_DISABLED: "true",
        TMDB_BASE_URL: `http://127.0.0.1:${this.#tmdb.port}`,
        TMDB_REQUESTS_PER_SECOND: String(requestsPerSecond),
        CONSUMER_CONCURRENCY: String(consumers),
        LOTE_SIZE: String(loteSize),
        SST_RESOURCE_App: link({ name: "lotes", stage: "chaos" }),
        SST_RESOURCE_DataLake: link({ name: this.#world.bucket }),
        SST_RESOURCE_LoteQueue: link({ url: this.#world.url("LoteQueue") }),
        SST_RESOURCE_DeadLetterQueue: link({ url: this.#world.url("DeadLetterQueue") }),
        SST_RESOURCE_TmdbToken: link({ value: TOKEN }),
      },
    });
  }

  /** Waits until nothing is under way and nothing is queued. */
  async #settled(): Promise<void> {
    const end = performance.now() + MOST_SECONDS * 1000;
    while (performance.now() < end) {
      if (this.#busy === 0 && this.#duplicates.length === 0 && (await this.#world.isDrained()) && this.#busy === 0)
        return;
      await this.#signal.wait(IDLE_MS);
    }
    throw new Error(`not settled after ${MOST_SECONDS} s`);
  }

  async #evidence(arrivals: Evidence["arrivals"], healed: boolean): Promise<Evidence> {
    const { junk, loteSize, requestsPerSecond, tmdb } = this.#schedule;
    return {
      uploads: this.#uploads.toSorted((a, b) => (a.sequencer < b.sequencer ? -1 : 1)),
      objects: await this.#world.objects(),
      recordOf: lineOf,
      arrivals,
      deliveries: [...this.#deliveries],
      misanswered: new Set(
        tmdb.flatMap(({ answer, ids = [] }) =>
          answer === "html" || (typeof answer === "object" && answer.status === 200) ? ids : [],
        ),
      ),
      junk: junk.map(({ body }) => body),
      loteSize,
      requestsPerSecond,
      secret: TOKEN,
      texts: [...this.#output, ...this.#world.bodies],
      healed,
    };
  }

  #clientConfig() {
    return { endpoint: this.#lab.awsUrl, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  }
}

/** The same message as another delivery of it looks. */
function oneReceiveMore(record: SQSRecord): SQSRecord {
  const ApproximateReceiveCount = String(Number(record.attributes.ApproximateReceiveCount) + 1);
  return { ...record, attributes: { ...record.attributes, ApproximateReceiveCount } };
}
