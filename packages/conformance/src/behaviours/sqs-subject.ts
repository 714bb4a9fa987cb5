import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { SqsBacklog, SqsMessageQueue } from "@lotes/aws";
import type { RunningServer } from "../servers/server.ts";

/** What the behaviours of SQS are tried on. */
export interface SqsSubject extends Disposable {
  /** Sends each call once. */
  readonly sqs: SQSClient;
  /** Makes queues of its own for a behaviour. */
  queue(name: string, attributes?: Readonly<Record<string, string>>): Promise<TriedQueue>;
}

/** A queue that a behaviour is tried on: by the product's own adapters, and by plain calls. */
export class TriedQueue implements Disposable {
  readonly url: string;
  readonly arn: string;
  readonly sender: SqsMessageQueue;
  readonly backlog: SqsBacklog;
  readonly #sqs: SQSClient;

  constructor(sqs: SQSClient, url: string, arn: string, { clientConfig }: Pick<RunningServer, "clientConfig">) {
    this.#sqs = sqs;
    this.url = url;
    this.arn = arn;
    this.sender = new SqsMessageQueue(url, clientConfig);
    this.backlog = new SqsBacklog(url, clientConfig);
  }

  async send(MessageBody: string, more: Partial<SendMessageCommandInput> = {}): Promise<string> {
    const { MessageId } = await this.#sqs.send(new SendMessageCommand({ ...more, QueueUrl: this.url, MessageBody }));
    return MessageId ?? "";
  }

  /** One call, ten messages at the most, with all attributes. */
  async receive(more: Partial<ReceiveMessageCommandInput> = {}, abortSignal?: AbortSignal): Promise<Message[]> {
    const input = {
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All" as const],
      MessageAttributeNames: ["All"],
    };
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ ...input, ...more, QueueUrl: this.url }),
      abortSignal ? { abortSignal } : {},
    );
    return Messages;
  }

  /** Receives and deletes until a call of a second finds nothing. */
  async drain(): Promise<Message[]> {
    const drained: Message[] = [];
    for (;;) {
      const messages = await this.receive({ WaitTimeSeconds: 1 });
      if (messages.length === 0) return drained;
      for (const message of messages) await this.delete(message);
      drained.push(...messages);
    }
  }

  async delete({ ReceiptHandle }: Message): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle }));
  }

  /** Lets a message be received again at once. */
  async giveBack({ ReceiptHandle }: Message): Promise<void> {
    await this.#sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.url, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }

  [Symbol.dispose](): void {
    this.sender.close();
    this.backlog.close();
  }
}

export function sqsSubject(server: RunningServer): SqsSubject {
  const { url, clientConfig, account } = server;
  const sqs = new SQSClient({ ...clientConfig, maxAttempts: 1 });
  const queues: TriedQueue[] = [];
  return {
    sqs,
    queue: async (name, attributes = {}) => {
      await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }));
      // Not as the server tells it: its name for this machine may not resolve.
      const arn = `arn:aws:sqs:${clientConfig.region}:${account}:${name}`;
      const queue = new TriedQueue(sqs, `${url}/${account}/${name}`, arn, server);
      queues.push(queue);
      return queue;
    },
    [Symbol.dispose]: () => {
      for (const queue of queues) queue[Symbol.dispose]();
      sqs.destroy();
    },
  };
}

/** What a message that was received says of itself. */
export function receiveCount({ Attributes }: Message): number {
  return Number(Attributes?.ApproximateReceiveCount);
}
