import { devNull } from "node:os";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { COLLECTOR, CONSUMER, MAX_RECEIVE_COUNT, type QueueName, visibilityTimeoutSeconds } from "@lotes/core";
import { whereaboutsAt } from "@lotes/local/whereabouts";
import type { RunningServer } from "../servers/server.ts";

/** Where a run takes place: a bucket of one server, and the queues of the same or of another one. */
export class Place implements AsyncDisposable {
  // The local stack tells of what is created in its own bucket only.
  readonly bucket: string;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly bucketServer: RunningServer;
  readonly queueServer: RunningServer;

  private constructor(bucketServer: RunningServer, queueServer: RunningServer) {
    this.bucketServer = bucketServer;
    this.queueServer = queueServer;
    this.bucket = whereaboutsAt(bucketServer.url).bucket;
    this.s3 = new S3Client(bucketServer.clientConfig);
    this.sqs = new SQSClient(queueServer.clientConfig);
  }

  /** Makes the bucket, with versions where the server has them, and the queues, as they are deployed. */
  static async create(bucketServer: RunningServer, queueServer: RunningServer): Promise<Place> {
    const place = new Place(bucketServer, queueServer);
    const { s3, sqs, bucket: Bucket } = place;
    await s3.send(new CreateBucketCommand({ Bucket })).catch((error: Error) => {
      if (!/BucketAlready/.test(error.name)) throw error;
    });
    const VersioningConfiguration = { Status: "Enabled" as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })).catch(() => {});
    const create = (name: QueueName, Attributes: Record<string, string>) =>
      sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const redrive = { deadLetterTargetArn: place.queueArn("DeadLetterQueue"), maxReceiveCount: MAX_RECEIVE_COUNT };
    // The local stack has made both already, as they are deployed.
    await create(COLLECTOR.queue, { VisibilityTimeout: String(visibilityTimeoutSeconds(COLLECTOR)) });
    await create(CONSUMER.queue, {
      VisibilityTimeout: String(visibilityTimeoutSeconds(CONSUMER)),
      RedrivePolicy: JSON.stringify(redrive),
    });
    return place;
  }

  queueUrl(name: QueueName): string {
    return `${this.queueServer.url}/${this.queueServer.account}/${name}`;
  }

  queueArn(name: QueueName): string {
    return `arn:aws:sqs:${this.queueServer.clientConfig.region}:${this.queueServer.account}:${name}`;
  }

  /**
   * What a function finds in its environment, and a command in that of `sst shell`.
   * @param settings the functions'
   */
  environment(settings: Readonly<Record<string, string>>): Record<string, string> {
    const { region, credentials } = this.bucketServer.clientConfig;
    const link = (properties: Record<string, string>) => JSON.stringify(properties);
    return {
      ...settings,
      AWS_REGION: region,
      // Servers that check no signature take any.
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_S3: this.bucketServer.url,
      AWS_ENDPOINT_URL_SQS: this.queueServer.url,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      POWERTOOLS_METRICS_DISABLED: "true",
      SST_RESOURCE_App: link({ name: "lotes", stage: "conformance" }),
      SST_RESOURCE_DataLake: link({ name: this.bucket }),
      SST_RESOURCE_LoteQueue: link({ url: this.queueUrl("LoteQueue") }),
      SST_RESOURCE_DeadLetterQueue: link({ url: this.queueUrl("DeadLetterQueue") }),
      SST_RESOURCE_TmdbToken: link({ value: "the-token-of-the-stand-in" }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.s3.destroy();
    this.sqs.destroy();
  }
}
