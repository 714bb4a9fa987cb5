import { SQSClient } from "@aws-sdk/client-sqs";
import { COLLECTOR, COLLECTORS, CONSUMER, loadSettings } from "@lotes/core";
import type { EmulatorOptions } from "./emulator/emulator.ts";
import { EventSourceMapping } from "./lambda/event-source-mapping.ts";
import { eventBridgeEvent } from "./lambda/eventbridge-event.ts";
import { LambdaFunction } from "./lambda/lambda-function.ts";
import { S3Notification, s3Event } from "./lambda/s3-notification.ts";
import { LocalServices } from "./local-services.ts";
import { type LogLine, parseLogLine } from "./log-line.ts";
import { DEPLOYED_TIMING, type Timing } from "./timing.ts";
import type { QueueName } from "./whereabouts.ts";

export interface LocalStackOptions {
  /** The settings, as in an environment, TMDB_TOKEN among them. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** URL of the module of each handler; by default their sources, which Node runs as they are. */
  readonly handlers?: (functionName: string) => string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Where the state is kept, to go on from when it is started again; by default it is gone with the process. */
  readonly dataDir?: string;
  readonly timing?: Partial<Timing>;
  /** Faults of S3 and SQS; for tests. */
  readonly fault?: EmulatorOptions["fault"];
  /** Gets what the functions log, and what goes wrong around them. */
  readonly onLog?: (line: LogLine) => void;
  /** Told how many milliseconds each invocation of a function is billed for. */
  readonly onBilled?: (functionName: string, ms: number) => void;
  /** Told when the producer has failed for good. */
  readonly onProducerGivenUp?: (error: Error) => void;
  /** Told when a function's handler can't be loaded: nothing more comes of any run. */
  readonly onUnloadable?: (functionName: string, error: Error) => void;
}

const SOURCES = new URL("../../functions/src/", import.meta.url);
const sourceOf = (functionName: string) => new URL(`${functionName}.ts`, SOURCES).href;

// SQS hands out ten messages at a time. For a larger batch Lambda needs a batching window.
const MOST_WITHOUT_WINDOW = 10;

/** The whole pipeline on this machine: S3, SQS, the notification, the event source mappings and the three functions. */
export class LocalStack {
  readonly services: LocalServices;
  readonly #options: LocalStackOptions;
  readonly #timing: Timing;
  readonly #sqs: SQSClient;
  readonly #functions: LambdaFunction[] = [];
  readonly #sources: { stop(): Promise<void> }[] = [];

  private constructor(services: LocalServices, options: LocalStackOptions, timing: Timing) {
    this.services = services;
    this.#options = options;
    this.#timing = timing;
    this.#sqs = new SQSClient(services.clientConfig);
  }

  /**
   * @throws {SettingsError} when a setting is wrong
   * @throws {PortInUseError} when the port is taken
   * @throws {DataDirError} when another stack works on the data directory, or it can't be written to
   */
  static async start(options: LocalStackOptions): Promise<LocalStack> {
    const { consumerConcurrency } = loadSettings(options.settings);
    const timing = { ...DEPLOYED_TIMING, ...options.timing };
    const services = await LocalServices.start(timing, {
      port: options.port ?? 0,
      dataDir: options.dataDir,
      fault: options.fault,
    });
    const stack = new LocalStack(services, options, timing);
    stack.#startProducer();
    stack.#startConsumer(consumerConcurrency);
    stack.#startCollector();
    return stack;
  }

  /**
   * Takes no more events and lets what runs come to its end. S3 and SQS stay up, and hold what came of it.
   * @param patienceMs after which what still runs is killed; by default it has all the time that its function may take
   */
  async drain(patienceMs?: number): Promise<void> {
    const timer = patienceMs === undefined ? undefined : setTimeout(() => void this.#killFunctions(), patienceMs);
    await Promise.all(this.#sources.map((source) => source.stop()));
    clearTimeout(timer);
  }

  /** Drains the stack, then stops all of it. */
  async stop(patienceMs?: number): Promise<void> {
    await this.drain(patienceMs);
    await this.#killFunctions();
    this.#sqs.destroy();
    await this.services.stop();
  }

  async #killFunctions(): Promise<void> {
    await Promise.all(this.#functions.map((each) => each.stop()));
  }

  #startProducer(): void {
    const notification = new S3Notification(
      this.services.emulator,
      this.#function("producer", this.#timing.producerTimeoutMs),
      {
        retryDelaysMs: this.#timing.producerRetryDelaysMs,
        onError: (error) => this.#failed("producer", error),
        onGivenUp: (error) => this.#options.onProducerGivenUp?.(error),
        // A deployment has one of them. Both may come while its trigger is changed, so here both always do: it is one upload, and one run.
        events: [s3Event, eventBridgeEvent],
      },
    );
    notification.resume();
    this.#sources.push(notification);
  }

  #startConsumer(concurrency: number): void {
    const consumer = this.#function("consumer", this.#timing.consumerTimeoutMs);
    this.#map(CONSUMER.queue, consumer, CONSUMER.batchSize, concurrency);
  }

  #startCollector(): void {
    const collector = this.#function("collector", this.#timing.collectorTimeoutMs);
    this.#map(COLLECTOR.queue, collector, Math.min(COLLECTOR.batchSize, MOST_WITHOUT_WINDOW), COLLECTORS);
  }

  #map(queue: QueueName, invoked: LambdaFunction, batchSize: number, concurrency: number): void {
    const mapping = new EventSourceMapping(invoked, {
      sqs: this.#sqs,
      queueUrl: this.services.queueUrl(queue),
      queueArn: this.services.queueArn(queue),
      batchSize,
      concurrency,
      onError: (error) => this.#failed(invoked.name, error),
    });
    this.#sources.push(mapping);
  }

  #function(name: string, timeoutMs: number): LambdaFunction {
    const created = new LambdaFunction({
      name,
      module: (this.#options.handlers ?? sourceOf)(name),
      timeoutMs,
      env: { ...this.services.functionEnvironment(this.#options.settings), AWS_LAMBDA_FUNCTION_NAME: name },
      onLine: (line) => this.#options.onLog?.(parseLogLine(name, line)),
      onBilled: (ms) => this.#options.onBilled?.(name, ms),
      onUnloadable: (error) => this.#options.onUnloadable?.(name, error),
    });
    this.#functions.push(created);
    return created;
  }

  #failed(service: string, { message }: Error): void {
    this.#options.onLog?.({ level: "ERROR", service, message, fields: {} });
  }
}
