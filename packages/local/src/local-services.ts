import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { COLLECTOR, CONSUMER, SETTING_NAMES } from "@lotes/core";
import { awsEnvironment, type ClientConfig } from "./client-config.ts";
import { Emulator, type EmulatorOptions } from "./emulator/emulator.ts";
import { proxyVariables } from "./this-machine.ts";
import type { Timing } from "./timing.ts";
import { LOCAL_BUCKET, type QueueName, type Whereabouts, whereaboutsAt } from "./whereabouts.ts";

/** The data lake's bucket and the two queues, over HTTP on this machine; nothing that works on them. */
export class LocalServices {
  readonly emulator: Emulator;
  readonly #whereabouts: Whereabouts;

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.#whereabouts = whereaboutsAt(emulator.url);
  }

  get bucket(): string {
    return this.#whereabouts.bucket;
  }

  get clientConfig(): ClientConfig {
    return this.#whereabouts.clientConfig;
  }

  /** @throws {PortInUseError} */
  static async start(timing: Timing, options: EmulatorOptions): Promise<LocalServices> {
    const services = new LocalServices(await Emulator.start(LOCAL_BUCKET, options));
    try {
      await services.#createQueues(timing);
    } catch (error) {
      // A server without an owner would keep the process alive for ever.
      await services.stop();
      throw error;
    }
    return services;
  }

  queueUrl(name: QueueName): string {
    return this.#whereabouts.queueUrls[name];
  }

  queueArn(name: QueueName): string {
    return this.#whereabouts.queueArns[name];
  }

  /**
   * What a function finds in its environment: Lambda's own variables, SST's links, and the settings.
   * @param settings as in an environment; the token goes where SST puts a secret
   */
  functionEnvironment(settings: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const { TMDB_TOKEN = "", ...rest } = Object.fromEntries(
      SETTING_NAMES.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
    );
    return {
      ...rest,
      ...proxyVariables(settings),
      ...awsEnvironment(this.emulator.url),
      // Only CloudWatch reads the metrics in the log.
      POWERTOOLS_METRICS_DISABLED: "true",
      SST_RESOURCE_App: JSON.stringify({ name: "lotes", stage: "local" }),
      SST_RESOURCE_DataLake: JSON.stringify({ name: this.bucket }),
      SST_RESOURCE_LoteQueue: JSON.stringify({ url: this.queueUrl("LoteQueue") }),
      SST_RESOURCE_DeadLetterQueue: JSON.stringify({ url: this.queueUrl("DeadLetterQueue") }),
      SST_RESOURCE_TmdbToken: JSON.stringify({ value: TMDB_TOKEN }),
    };
  }

  stop(): Promise<void> {
    return this.emulator.stop();
  }

  async #createQueues(timing: Timing): Promise<void> {
    const sqs = new SQSClient(this.clientConfig);
    const create = async (name: QueueName, Attributes: Record<string, string>) => {
      await sqs.send(new CreateQueueCommand({ QueueName: name }));
      // A queue from an earlier start may have other attributes.
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: this.queueUrl(name), Attributes }));
    };
    try {
      await create(COLLECTOR.queue, { VisibilityTimeout: String(timing.deadLetterVisibilitySeconds) });
      await create(CONSUMER.queue, {
        VisibilityTimeout: String(timing.loteVisibilitySeconds),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: this.queueArn("DeadLetterQueue"),
          maxReceiveCount: timing.maxReceiveCount,
        }),
      });
    } finally {
      sqs.destroy();
    }
  }
}
