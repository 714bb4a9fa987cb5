import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Consumer } from "sqs-consumer";
import type { Invoked } from "./lambda-function.ts";

export interface MappingOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** Invocations at once, at most. */
  readonly concurrency: number;
  /** Told of each failed invocation. */
  readonly onError: (error: Error) => void;
}

// The emulator keeps a poll alive after its client has given it up, and that poll takes a message. Short polls end soon after a stop.
const POLL_SECONDS = 1;

/**
 * An event source mapping with partial batch responses: as many pollers as may run at once, each handing its batch to the function and
 * deleting what succeeded. The rest stays hidden until its visibility timeout, then SQS delivers it again or moves it to the
 * dead-letter queue.
 */
export class EventSourceMapping {
  readonly #pollers: readonly Consumer[];
  #stopping: Promise<void> | undefined;

  constructor(invoked: Invoked, options: MappingOptions) {
    const isStopping = () => this.#stopping !== undefined;
    this.#pollers = Array.from({ length: options.concurrency }, () => poller(invoked, options, isStopping));
    for (const each of this.#pollers) each.start();
  }

  /** Takes no more messages and waits for what runs. A second call waits for the same. */
  stop(): Promise<void> {
    this.#stopping ??= Promise.all(this.#pollers.map(stopped)).then(() => {});
    return this.#stopping;
  }
}

function stopped(poller: Consumer): Promise<void> {
  return new Promise((resolve) => {
    poller.once("stopped", () => resolve());
    poller.stop();
  });
}

function poller(invoked: Invoked, options: MappingOptions, isStopping: () => boolean): Consumer {
  const { sqs, queueUrl, queueArn, batchSize, onError } = options;
  const consumer = Consumer.create({
    sqs,
    queueUrl,
    batchSize,
    waitTimeSeconds: POLL_SECONDS,
    // This may take as long as an invocation: its own timeout ends it.
    pollingCompleteWaitTimeMs: Number.MAX_SAFE_INTEGER,
    messageSystemAttributeNames: ["All"],
    messageAttributeNames: ["All"],
    handleMessageBatch: async (messages) => {
      // The answer to a poll that was still open is ignored. Its messages come back once they are visible again.
      if (isStopping()) return [];
      try {
        const event: SQSEvent = { Records: messages.map((message) => toRecord(message, queueArn)) };
        return succeeded(messages, (await invoked.invoke(event)) as SQSBatchResponse | undefined);
      } catch (error) {
        onError(error as Error);
        return [];
      }
    },
  });
  // A connection may be lost while the stack stops, or a queue be removed. The poller goes on by itself.
  consumer.on("error", onError);
  return consumer;
}

/** Everything but what the function reported. A report that names an unknown message means that none can be trusted to be done. */
function succeeded(messages: Message[], response: SQSBatchResponse | undefined): Message[] {
  const failed = new Set(response?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map((message) => message.MessageId));
  if ([...failed].some((id) => !known.has(id))) return [];
  return messages.filter((message) => !failed.has(message.MessageId ?? ""));
}

/** A message as Lambda hands it to a function. */
export function toRecord(message: Message, queueArn: string): SQSRecord {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue },
  ]);
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: "us-east-1",
  };
}
