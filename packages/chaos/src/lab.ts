import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type FunctionCode, type FunctionName, functionCode } from "@lotes/bundler/function-code";
import { clientConfigFor } from "@lotes/local/client-config";
import { Emulator } from "@lotes/local/emulator/emulator";
import type { StoreHabits } from "@lotes/local/emulator/store-habits";
import { startFaultyAws } from "./faulty-aws.ts";
import { TmdbHost } from "./tmdb-host.ts";

/** What all schedules of a process share: one S3 and one SQS, in which each has its own bucket and queues, and the functions' code. */
export class Lab implements AsyncDisposable {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly tmdb = new TmdbHost();
  /** How the store of a bucket differs from S3, by the bucket's name. */
  readonly storeHabits: Map<string, StoreHabits>;
  readonly awsUrl: string;
  readonly faultyAwsPort: number;
  readonly code: Record<FunctionName, FunctionCode>;
  readonly #stop: () => Promise<void>;

  private constructor(
    awsUrl: string,
    faultyAwsPort: number,
    code: Lab["code"],
    storeHabits: Lab["storeHabits"],
    stop: () => Promise<void>,
  ) {
    const config = clientConfigFor(awsUrl);
    this.s3 = new S3Client(config);
    this.sqs = new SQSClient(config);
    this.awsUrl = awsUrl;
    this.faultyAwsPort = faultyAwsPort;
    this.code = code;
    this.storeHabits = storeHabits;
    this.#stop = stop;
  }

  /** @param scripts the functions', bundled */
  static async start(scripts: Readonly<Record<FunctionName, string>>): Promise<Lab> {
    const habits: Lab["storeHabits"] = new Map();
    const emulator = await Emulator.start("unused", { port: 0, habitsOf: (bucket) => habits.get(bucket) });
    const faulty = await startFaultyAws(emulator.url);
    return new Lab(emulator.url, faulty.port, compiled(scripts), habits, async () => {
      faulty.stop();
      await emulator.stop();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.s3.destroy();
    this.sqs.destroy();
    await this.tmdb.stop();
    await this.#stop();
  }
}

function compiled(scripts: Readonly<Record<FunctionName, string>>): Lab["code"] {
  return {
    producer: functionCode("producer", scripts.producer),
    consumer: functionCode("consumer", scripts.consumer),
    collector: functionCode("collector", scripts.collector),
  };
}
