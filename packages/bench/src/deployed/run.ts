import {
  COLLECTOR,
  CONSUMER,
  type EventSourceLimits,
  type FunctionLimits,
  type FunctionName,
  inputKey,
  PROCESS_VARIABLES,
  PRODUCER,
  type RunDate,
} from "@lotes/core";
import { s3Event } from "@lotes/local";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { Environment } from "./environment.ts";
import type { Queue } from "./queue.ts";
import { BUCKET, idOf, Surroundings } from "./surroundings.ts";
import type { Traffic } from "./traffic.ts";

const DATE = "2026/11/23";
const CONSUMERS = 2;
/** Of a hundred ids so many are unknown to TMDB, spread over all lotes. */
export const UNKNOWN_OF_100 = 14;
// No budget: what limits the run is the work itself.
const LIFTED = 1_000_000;
const RECEIVED_AT_ONCE = 10;

/** What the environments of one function have done in a run. */
export interface Work extends Traffic {
  readonly cpuSeconds: number;
  /** Of the largest environment. */
  readonly peakMib: number;
  /** How long each invocation has taken. */
  readonly seconds: readonly number[];
  /** The same without the first of each environment, which waits for what a process before it may have sent. */
  readonly warmSeconds: readonly number[];
  /** Requests at TMDB. */
  readonly requests: number;
  /** From the drop until the function had nothing more to do. */
  readonly doneAfterSeconds: number;
}

export interface DeployedRunOptions {
  /** How many, or the place of each, from 0. */
  readonly ids: number | readonly number[];
  /** By default 2026/11/23. */
  readonly date?: RunDate;
  /** Where there is something from runs before this one; by default new ones, of the latencies below. */
  readonly surroundings?: Surroundings;
  /** The setting; by default 0. */
  readonly reuseHours?: number;
  /** URL of a function's bundle. */
  readonly bundle: (functionName: string) => string;
  /** Of all consumers together; by default there is no budget. */
  readonly requestsPerSecond?: number;
  /** How long TMDB takes for an answer. */
  readonly latencyMs?: number;
  /** How long S3 and SQS take for an answer. */
  readonly awsLatencyMs?: number;
  /** In place of the consumers' own. */
  readonly consumerMb?: number;
  /** What the functions' processes have from their start; by default what is deployed. */
  readonly processVariables?: Readonly<Record<string, string>>;
  /** Whether TMDB knows the nth id, from 0; by default it does not know 14 of 100. */
  readonly isKnown?: (n: number) => boolean;
  /** Whether the consumers have no more of a core and of memory than in Lambda, where this machine can do that. */
  readonly isMirrored?: boolean;
}

/** One run of so many ids, from the drop until no message is left, with the functions as deployed and two consumers. */
export async function deployedRun(options: DeployedRunOptions): Promise<Record<string, Work>> {
  const { bundle, requestsPerSecond = LIFTED, isMirrored = false, reuseHours = 0, date = DATE } = options;
  const ids = typeof options.ids === "number" ? Array.from({ length: options.ids }, (_, n) => n) : options.ids;
  const consumerLimits = { ...CONSUMER, memoryMb: options.consumerMb ?? CONSUMER.memoryMb };
  const { isKnown = (n: number) => n % 100 >= UNKNOWN_OF_100 } = options;
  const { latencyMs, awsLatencyMs } = options;
  const surroundings =
    options.surroundings ?? (await Surroundings.start({ known: ids.filter(isKnown), latencyMs, awsLatencyMs }));
  const { queues, aws, tmdb } = surroundings;
  const askedBefore = (await tmdb.stats()).requests;
  const ended = new AbortController();

  const start = async (name: FunctionName, limits: FunctionLimits, count: number, mirrored = false) => {
    const { url, traffic } = await aws.listen();
    const env = {
      ...surroundings.environment(url),
      TMDB_REQUESTS_PER_SECOND: String(requestsPerSecond),
      CONSUMER_CONCURRENCY: String(CONSUMERS),
      REUSE_HOURS: String(reuseHours),
      ...(options.processVariables ?? PROCESS_VARIABLES[name]),
    };
    const each = { ...limits, module: bundle(name), env, isMirrored: mirrored };
    const environments = await Promise.all(Array.from({ length: count }, () => Environment.start(each)));
    return { traffic, environments };
  };
  const producer = await start("producer", PRODUCER, 1);
  const consumer = await start("consumer", consumerLimits, CONSUMERS, isMirrored);
  const collector = await start("collector", COLLECTOR, 1);
  const polled = [
    ...consumer.environments.map((each) => poll(each, queues[CONSUMER.queue], CONSUMER, ended.signal)),
    ...collector.environments.map((each) => poll(each, queues[COLLECTOR.queue], COLLECTOR, ended.signal)),
  ];

  const droppedAt = performance.now();
  const sinceDrop = () => (performance.now() - droppedAt) / 1_000;
  const doneAfter = { producer: 0, consumer: 0, collector: 0 };
  const { etag, body } = aws.put(inputKey(date), csvOf(ids));
  const object = { bucket: BUCKET, key: inputKey(date), etag: etag.slice(1, -1), size: body.length };
  const finish = async () => {
    await Promise.all(producer.environments.map((each) => each.invoke(s3Event(object, "1"))));
    doneAfter.producer = sinceDrop();
    // Consumers send to the collector, and nobody sends to the consumers.
    await queues.LoteQueue.empty();
    doneAfter.consumer = sinceDrop();
    await queues.DeadLetterQueue.empty();
    doneAfter.collector = sinceDrop();
  };
  await Promise.race([finish(), ...polled]);
  ended.abort();
  const received = await Promise.all(polled);
  const requests = (await tmdb.stats()).requests - askedBefore;
  const works = {
    producer: workOf(producer, 0, doneAfter.producer),
    consumer: { ...workOf(consumer, sum(received.slice(0, CONSUMERS)), doneAfter.consumer), requests },
    collector: workOf(collector, sum(received.slice(CONSUMERS)), doneAfter.collector),
  };
  await Promise.all([producer, consumer, collector].flatMap((each) => each.environments.map((one) => one.stop())));
  if (options.surroundings) aws.stop();
  else await surroundings.stop();
  return works;
}

/**
 * Hands a queue's messages to an environment until the end of the run.
 * @returns how many requests the receiving and removing of the messages takes
 */
async function poll(
  environment: Environment,
  queue: Queue,
  { batchSize, windowSeconds }: EventSourceLimits,
  signal: AbortSignal,
): Promise<number> {
  let requests = 0;
  while (!signal.aborted) {
    const records = await batch(queue, batchSize, windowSeconds * 1_000, signal);
    if (records.length === 0) break;
    requests += 2 * Math.ceil(records.length / RECEIVED_AT_ONCE);
    const { batchItemFailures } = (await environment.invoke({ Records: records })) as SQSBatchResponse;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const record of records) {
      if (failed.has(record.messageId)) queue.sendBack(record);
      else queue.remove();
    }
  }
  return requests;
}

/** @returns none when the run has ended meanwhile */
async function batch(queue: Queue, size: number, windowMs: number, signal: AbortSignal): Promise<SQSRecord[]> {
  try {
    return await queue.receive(size, windowMs, signal);
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

interface Running {
  readonly traffic: () => Traffic;
  readonly environments: readonly Environment[];
}

function workOf({ traffic, environments }: Running, received: number, doneAfterSeconds: number): Work {
  const { sqs, ...s3 } = traffic();
  return {
    ...s3,
    sqs: sqs + received,
    cpuSeconds: sum(environments.map((each) => each.cpuSeconds)),
    peakMib: Math.max(...environments.map((each) => each.peakMib)),
    seconds: environments.flatMap((each) => each.seconds),
    warmSeconds: environments.flatMap((each) => each.seconds.slice(1)),
    requests: 0,
    doneAfterSeconds,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function csvOf(ids: readonly number[]): Buffer {
  const rows = ids.map((n) => `${idOf(n)}|1994|Crime|20000`);
  return Buffer.from(`${["id|anoLancamento|genero|numeroVotos", ...rows].join("\n")}\n`);
}
