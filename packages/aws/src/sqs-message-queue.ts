import { setTimeout as delay } from "node:timers/promises";
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";
import type { MessageQueue, OutgoingMessage } from "@lotes/core";
import { CALL_TIMEOUTS } from "./call-timeouts.ts";

/** SQS would not take some messages. */
export class MessagesRefusedError extends Error {
  override readonly name = "MessagesRefusedError";
}

// SQS's own limits for one batch: ten entries, 1 MiB in all.
const BATCH_ENTRIES = 10;
const BATCH_BYTES = 1024 * 1024;

const ROUNDS = 5;
// 0.1, 0.2, 0.4, 0.8 s: a throttled queue has room again within a second.
const FIRST_WAIT_MS = 100;

/** One SQS queue to send to. */
export class SqsMessageQueue implements MessageQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  /**
   * @param config beyond what the environment says; for a queue that lies elsewhere
   * @param connect makes the client
   */
  constructor(url: string, config: SQSClientConfig = {}, connect = (each: SQSClientConfig) => new SQSClient(each)) {
    this.#client = connect({ ...CALL_TIMEOUTS, ...config });
    this.#url = url;
  }

  /** @throws {MessagesRefusedError} when SQS keeps refusing some */
  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const batch of batches(messages)) await this.#sendBatch(batch);
  }

  /** Closes the connections. */
  close(): void {
    this.#client.destroy();
  }

  async #sendBatch(batch: readonly OutgoingMessage[]): Promise<void> {
    let entries = batch.map(toEntry);
    for (let round = 1; ; round++) {
      const { Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({ QueueUrl: this.#url, Entries: entries }),
      );
      if (Failed.length === 0) return;
      const [first] = Failed;
      if (round === ROUNDS || Failed.some((failed) => failed.SenderFault)) {
        throw new MessagesRefusedError(
          `SQS refused ${Failed.length} of ${batch.length} messages: ${first?.Code} ${first?.Message ?? ""}`.trim(),
        );
      }
      const refused = new Set(Failed.map((failed) => failed.Id));
      entries = entries.filter((entry) => refused.has(entry.Id));
      await delay(FIRST_WAIT_MS * 2 ** (round - 1));
    }
  }
}

function* batches(messages: readonly OutgoingMessage[]): Generator<OutgoingMessage[]> {
  let batch: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    if (batch.length === BATCH_ENTRIES || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function toEntry({ body, delaySeconds }: OutgoingMessage, index: number): SendMessageBatchRequestEntry {
  return { Id: String(index), MessageBody: body, ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }) };
}
