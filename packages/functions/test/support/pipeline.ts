import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import {
  inputKey,
  type LedgerEntry,
  type LoteMessage,
  type MovieRecord,
  outputPrefix,
  type RunFile,
} from "@lotes/core";
import { csvSelecting } from "@lotes/core/testing/movie-rows";
import {
  type AwsRequest,
  DEPLOYED_TIMING,
  type Fault,
  LocalServices,
  type MisbehaviourRule,
  type QueueName,
  s3Event,
  type TmdbStandIn,
  toRecord,
} from "@lotes/local";
import { tmdbInProcess } from "@lotes/local/testing/tmdb";
import type { S3Event, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { vi } from "vitest";
import { handlersInProcess, type Invoke } from "./invoke.ts";

export const DATE = "2026/11/23";
const TOKEN = "the-token-of-the-tests";
/** Ids of a lote: a few, so that several lotes cost few requests. */
export const LOTE_SIZE = 25;

export interface PipelineOptions {
  /** The movies TMDB knows. */
  readonly facts?: readonly MovieRecord[];
  readonly misbehaviour?: readonly MisbehaviourRule[];
  /** Beside those that make the tests quick. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How the functions are called; by default their sources, in this process. */
  readonly invoke?: Invoke;
  /** Whether the functions print what they measure. */
  readonly metrics?: boolean;
  /** Whether ETags are as in a bucket under a KMS key: no hash of the bytes. */
  readonly opaqueEtags?: boolean;
  /** Whether the consumer is one that has asked TMDB for nothing yet, whatever the tests before have left its limiter with. */
  readonly cold?: boolean;
}

/**
 * The three functions against an embedded S3 and SQS and a TMDB stand-in, all over HTTP. The test is the event source: it
 * decides what is delivered, when and how often.
 */
export class Pipeline {
  readonly services: LocalServices;
  readonly tmdb: TmdbStandIn;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Answers a request to S3 or SQS in their place, while set. */
  fault: ((request: AwsRequest) => Fault | undefined) | undefined;
  readonly #invoke: Invoke;
  readonly #lend: () => void;
  #sequence = 0;

  private constructor(services: LocalServices, tmdb: TmdbStandIn, invoke: Invoke, lend: () => void) {
    this.services = services;
    this.tmdb = tmdb;
    this.#invoke = invoke;
    this.#lend = lend;
    this.s3 = new S3Client(services.clientConfig);
    this.sqs = new SQSClient(services.clientConfig);
  }

  static async start(options: PipelineOptions = {}): Promise<Pipeline> {
    const {
      facts = [],
      misbehaviour = [],
      settings = {},
      metrics = false,
      cold = false,
      opaqueEtags = false,
    } = options;
    const warm = options.invoke === undefined ? lentFor({ settings, metrics }) : undefined;
    // Asked through a closure, since the pipeline that holds the fault is only made once the services run.
    const fault: { of?: Pipeline } = {};
    const habits = { opaqueEtags, versions: false, rangeChecksums: false };
    const serve = (port: number) =>
      LocalServices.start(DEPLOYED_TIMING, {
        port,
        fault: (request) => fault.of?.fault?.(request),
        ...(opaqueEtags && { habitsOf: () => habits }),
      });
    const services = await onPort(warm?.ports.aws, serve);
    const serveTmdb = (port: number) => tmdbInProcess({ facts, misbehaviour, token: TOKEN, port });
    const tmdb = await onPort(warm?.ports.tmdb, serveTmdb);
    const ports = { aws: portOf(services.emulator.url), tmdb: portOf(tmdb.url) };
    const stillThere = warm !== undefined && ports.aws === warm.ports.aws && ports.tmdb === warm.ports.tmdb;
    const handlers = stillThere ? warm.invoke : handlersInProcess();
    const lend = () => {
      if (options.invoke === undefined)
        idle.push({ environment: keyOf({ settings, metrics }), ports, invoke: handlers });
    };
    const invoke = options.invoke ?? (cold ? withColdConsumer(handlers) : handlers);
    const pipeline = new Pipeline(services, tmdb, invoke, lend);
    fault.of = pipeline;
    const environment = {
      ...services.functionEnvironment({
        TMDB_BASE_URL: tmdb.url,
        TMDB_TOKEN: TOKEN,
        TMDB_REQUESTS_PER_SECOND: "1000",
        LOTE_SIZE: String(LOTE_SIZE),
        ...settings,
      }),
      POWERTOOLS_LOG_LEVEL: "SILENT",
      POWERTOOLS_METRICS_DISABLED: String(!metrics),
    };
    vi.unstubAllEnvs();
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    return pipeline;
  }

  async stop(): Promise<void> {
    vi.unstubAllEnvs();
    this.s3.destroy();
    this.sqs.destroy();
    await Promise.all([this.tmdb.stop(), this.services.stop()]);
    this.#lend();
  }

  /** Uploads a CSV and returns the event S3 would send for it. */
  async drop(csv: string | Uint8Array, key = inputKey(DATE), metadata: Record<string, string> = {}): Promise<S3Event> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.services.bucket,
        Key: key,
        Body: csv,
        ContentLength: Buffer.byteLength(csv),
        Metadata: metadata,
      }),
    );
    return this.dropped(key);
  }

  /** The event S3 would send for what was just uploaded. */
  async dropped(key = inputKey(DATE)): Promise<S3Event> {
    const Bucket = this.services.bucket;
    const { ETag = "", ContentLength = 0 } = await this.s3.send(new HeadObjectCommand({ Bucket, Key: key }));
    const sequencer = (++this.#sequence).toString(16).toUpperCase().padStart(18, "0");
    return s3Event({ bucket: Bucket, key, etag: ETag.replaceAll('"', ""), size: ContentLength }, sequencer);
  }

  /** Drops a CSV that selects the ids and returns the messages of its lotes. */
  async lotesOf(ids: readonly string[]): Promise<[SQSRecord, ...SQSRecord[]]> {
    await this.produce(await this.drop(csvSelecting(ids)));
    return (await this.take("LoteQueue")) as [SQSRecord, ...SQSRecord[]];
  }

  /** The one report in the DeadLetterQueue. */
  async report(): Promise<Report> {
    const [letter, ...more] = await this.take("DeadLetterQueue");
    if (letter === undefined || more.length > 0)
      throw new Error(`expected one report, found ${letter ? more.length + 1 : 0}`);
    return messageIn(letter) as Report;
  }

  /** @param event of S3's notification, or of EventBridge */
  async produce(event: unknown): Promise<void> {
    await this.#invoke("producer", event, DEPLOYED_TIMING.producerTimeoutMs);
  }

  /** @param millis what Lambda gives the function, by default what it is deployed with */
  async consume(records: readonly SQSRecord[], millis = DEPLOYED_TIMING.consumerTimeoutMs): Promise<SQSBatchResponse> {
    return (await this.#invoke("consumer", eventOf(records), millis)) as SQSBatchResponse;
  }

  async collect(records: readonly SQSRecord[]): Promise<SQSBatchResponse> {
    return (await this.#invoke("collector", eventOf(records), DEPLOYED_TIMING.collectorTimeoutMs)) as SQSBatchResponse;
  }

  /** Takes every message that is visible off a queue, as records of a Lambda event, in the order of their lotes. */
  async take(queue: QueueName): Promise<SQSRecord[]> {
    const QueueUrl = this.services.queueUrl(queue);
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ["All"],
          MessageAttributeNames: ["All"],
        }),
      );
      if (Messages.length === 0) break;
      for (const { ReceiptHandle } of Messages)
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      taken.push(...Messages);
    }
    return taken
      .filter(({ Body = "" }) => !isClosing(Body))
      .map((message) => toRecord(message, this.services.queueArn(queue)))
      .sort((a, b) => loteIn(a) - loteIn(b));
  }

  async send(queue: QueueName, body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.services.queueUrl(queue), MessageBody: body }));
  }

  /** Takes what is in LoteQueue, consumes it, and collects what came of it: one round of the pipeline. */
  async settle(): Promise<void> {
    for (const record of await this.take("LoteQueue")) await this.consume([record]);
    const letters = await this.take("DeadLetterQueue");
    if (letters.length > 0) await this.collect(letters);
  }

  async read(name: string, date = DATE): Promise<string | undefined> {
    try {
      const { Body } = await this.s3.send(
        new GetObjectCommand({ Bucket: this.services.bucket, Key: `${outputPrefix(date)}${name}` }),
      );
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.services.bucket, Key: `${outputPrefix(DATE)}${name}` }));
  }

  async runFile(): Promise<RunFile> {
    return JSON.parse((await this.read("_run.json")) ?? "null");
  }

  async lote(lote: number): Promise<MovieRecord[]> {
    return lines(await this.read(`lote_${lote}.json`)) as MovieRecord[];
  }

  async ledger(): Promise<LedgerEntry[]> {
    return lines(await this.read("erros_geral.json")) as LedgerEntry[];
  }

  /** Every file of the date by its name. */
  async files(): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    const pages = paginateListObjectsV2(
      { client: this.s3 },
      { Bucket: this.services.bucket, Prefix: outputPrefix(DATE) },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key = "" } of Contents) {
        const name = Key.slice(outputPrefix(DATE).length);
        files[name] = (await this.read(name)) ?? "";
      }
    }
    return files;
  }
}

/** Functions that a pipeline of this file has loaded, and where they look for S3, SQS and TMDB. */
interface Warm {
  readonly environment: string;
  readonly ports: { readonly aws: number; readonly tmdb: number };
  readonly invoke: Invoke;
}

/** Loading the functions takes longer than most tests: the next test of a file gets those of the one before, as Lambda's are warm. */
const idle: Warm[] = [];

const keyOf = (environment: Pick<PipelineOptions, "settings" | "metrics">) => JSON.stringify(environment);

function lentFor(environment: Pick<PipelineOptions, "settings" | "metrics">): Warm | undefined {
  const at = idle.findIndex((warm) => warm.environment === keyOf(environment));
  return at < 0 ? undefined : idle.splice(at, 1)[0];
}

function withColdConsumer(warm: Invoke): Invoke {
  const cold = handlersInProcess();
  return (service, event, millis) => (service === "consumer" ? cold : warm)(service, event, millis);
}

/** Starts a server on the port it is to have, or on any other when that was taken meanwhile. */
async function onPort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port === undefined) return start(0);
  return start(port).catch(() => start(0));
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** What a message holds as it travels. */
export type Body = LoteMessage & { readonly version: 2 };
export type Report = Extract<Body, { readonly kind: "report" }>;

/** The lote message in a record. */
export function messageIn(record: SQSRecord | undefined): Body {
  return JSON.parse(record?.body ?? "null");
}

export function idsOf(records: readonly MovieRecord[]): (string | null)[] {
  return records.map((record) => record.imdb_id);
}

/** A record as another delivery of it would look. */
export function redelivered(record: SQSRecord, changes: Partial<SQSRecord["attributes"]>): SQSRecord {
  return { ...record, attributes: { ...record.attributes, ...changes } };
}

function loteIn(record: SQSRecord): number {
  return /"lote":(\d+)/.exec(record.body) ? Number(/"lote":(\d+)/.exec(record.body)?.[1]) : 0;
}

function lines(body: string | undefined): unknown[] {
  return (body ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function eventOf(records: readonly SQSRecord[]): SQSEvent {
  return { Records: [...records] };
}

/** Whether a message asks the collector to look again. It comes when its time has come, which is nothing that these tests wait for. */
function isClosing(body: string): boolean {
  return body.includes('"kind":"closing"');
}
