import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { LocalServices } from "../../src/local-services.ts";
import { DEPLOYED_TIMING, type Timing } from "../../src/timing.ts";
import type { QueueName } from "../../src/whereabouts.ts";

export interface ServicesOptions {
  readonly timing?: Partial<Timing>;
  readonly fault?: EmulatorOptions["fault"];
}

/** The bucket and the queues of one test, and the SDK's clients for them. A call is tried once. */
export class Services {
  readonly local: LocalServices;
  readonly bucket: string;
  readonly s3: S3Client;
  readonly sqs: SQSClient;

  private constructor(local: LocalServices) {
    const config = { ...local.clientConfig, maxAttempts: 1 };
    this.local = local;
    this.bucket = local.bucket;
    this.s3 = new S3Client(config);
    this.sqs = new SQSClient(config);
  }

  static async start({ timing, fault }: ServicesOptions = {}): Promise<Services> {
    return new Services(await LocalServices.start({ ...DEPLOYED_TIMING, ...timing }, { port: 0, fault }));
  }

  /** @returns the object's text, or undefined if there is none */
  async text(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async keys(): Promise<(string | undefined)[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket }));
    return Contents.map(({ Key }) => Key);
  }

  /** @returns the message's id */
  async send(body: string, attributes: Record<string, MessageAttributeValue> = {}): Promise<string> {
    const QueueUrl = this.local.queueUrl("LoteQueue");
    const { MessageId } = await this.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: attributes }),
    );
    return MessageId ?? "";
  }

  /** How many messages of a queue can be received, and how many have been and are hidden. */
  async counts(queue: QueueName = "LoteQueue"): Promise<{ visible: number; hidden: number }> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.local.queueUrl(queue), AttributeNames: ["All"] }),
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages),
      hidden: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  }

  async stop(): Promise<void> {
    this.s3.destroy();
    this.sqs.destroy();
    await this.local.stop();
  }
}
