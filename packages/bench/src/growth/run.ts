import { COLLECTOR, CONSUMER, type EventSourceLimits, type FunctionLimits, inputKey, PRODUCER } from "@lotes/core";
import { s3Event, startTmdbStandIn } from "@lotes/local";
import { awsEnvironment } from "@lotes/local/client-config";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { movie } from "../budget.ts";
import { Aws, type Traffic } from "./aws.ts";
import { Environment } from "./environment.ts";
import { Queue } from "./queue.ts";

const DATE = "2026/11/23";
const BUCKET = "data-lake";
const TOKEN = "token";
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
}

/**
 * One run of so many ids, from the drop to the manifest, with the functions as deployed and two consumers.
 * @param bundle URL of a function's bundle
 */
export async function growthRun(ids: number, bundle: (functionName: string) => string): Promise<Record<string, Work>> {
  const known = Array.from({ length: ids }, (_, n) => n).filter((n) => n % 100 >= UNKNOWN_OF_100);
  const tmdb = await startTmdbStandIn({ facts: known.map((n) => movie(1_000_000 + n)), token: TOKEN });
  const queues = { LoteQueue: new Queue(), DeadLetterQueue: new Queue() };
  const finished = Promise.withResolvers<void>();
  const aws = new Aws(queues, (key) => key.endsWith("/_manifest.json") && finished.resolve());
  const ended = new AbortController();

  const start = async (name: string, limits: FunctionLimits, count: number) => {
    const { url, traffic } = await aws.listen();
    const env = { ...environmentOf(url), TMDB_BASE_URL: tmdb.url };
    const starting = Array.from({ length: count }, () => Environment.start(bundle(name), env, limits));
    return { traffic, environments: await Promise.all(starting) };
  };
  const producer = await start("producer", PRODUCER, 1);
  const consumer = await start("consumer", CONSUMER, CONSUMERS);
  const collector = await start("collector", COLLECTOR, 1);
  const polled = [
    ...consumer.environments.map((each) => poll(each, queues[CONSUMER.queue], CONSUMER, ended.signal)),
    ...collector.environments.map((each) => poll(each, queues[COLLECTOR.queue], COLLECTOR, ended.signal)),
  ];

  const { etag, body } = aws.put(inputKey(DATE), csvOf(ids));
  const object = { bucket: BUCKET, key: inputKey(DATE), etag: etag.slice(1, -1), size: body.length };
  const produced = producer.environments.map((each) => each.invoke(s3Event(object, "1")));
  await Promise.race([Promise.all([finished.promise, ...produced]), ...polled]);
  ended.abort();
  const requests = await Promise.all(polled);
  const received = requests.slice(0, CONSUMERS).reduce((sum, each) => sum + each, 0);
  const works = {
    producer: workOf(producer, 0),
    consumer: workOf(consumer, received),
    collector: workOf(collector, requests.at(-1) ?? 0),
  };
  for (const { environments } of [producer, consumer, collector]) for (const each of environments) each.stop();
  aws.stop();
  await tmdb.stop();
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
    for (const record of records) if (failed.has(record.messageId)) queue.sendBack(record);
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

function workOf({ traffic, environments }: Running, received: number): Work {
  const { sqs, ...s3 } = traffic();
  return {
    ...s3,
    sqs: sqs + received,
    cpuSeconds: environments.reduce((sum, each) => sum + each.cpuSeconds, 0),
    peakMib: Math.max(...environments.map((each) => each.peakMib)),
  };
}

function environmentOf(awsUrl: string): Record<string, string> {
  return {
    ...awsEnvironment(awsUrl),
    TMDB_REQUESTS_PER_SECOND: String(LIFTED),
    CONSUMER_CONCURRENCY: String(CONSUMERS),
    POWERTOOLS_METRICS_DISABLED: "true",
    SST_RESOURCE_App: JSON.stringify({ name: "lotes", stage: "bench" }),
    SST_RESOURCE_DataLake: JSON.stringify({ name: BUCKET }),
    SST_RESOURCE_LoteQueue: JSON.stringify({ url: `${awsUrl}/queues/LoteQueue` }),
    SST_RESOURCE_DeadLetterQueue: JSON.stringify({ url: `${awsUrl}/queues/DeadLetterQueue` }),
    SST_RESOURCE_TmdbToken: JSON.stringify({ value: TOKEN }),
  };
}

function csvOf(ids: number): Buffer {
  const rows = Array.from({ length: ids }, (_, n) => `tt${1_000_000 + n}|1994|Crime|20000`);
  return Buffer.from(`${["id|anoLancamento|genero|numeroVotos", ...rows].join("\n")}\n`);
}
