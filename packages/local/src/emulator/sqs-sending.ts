import type { EmbeddedSqsStore, StoredMessage } from "./fauxqs.ts";
import { type AwsAnswer, type AwsRequest, refused, sqsAnswer } from "./request.ts";
import {
  LARGEST_MESSAGE_BYTES,
  type MessageRefusal,
  type MessageToSend,
  refusalOf,
  sizeOf,
} from "./sqs-message-rules.ts";

interface BatchEntry extends MessageToSend {
  readonly Id?: string;
}

interface SendRequest extends MessageToSend {
  readonly QueueUrl?: string;
  readonly Entries?: readonly BatchEntry[];
}

const MOST_ENTRIES = 10;
const ENTRY_ID = /^[\w-]{1,80}$/;

/**
 * SendMessage and SendMessageBatch by SQS's rules, into the emulator's queues. Its own rules are others: it refuses every character beyond
 * U+FFFF, and takes attributes and delays that SQS refuses.
 * @returns undefined for what the emulator is to answer by itself: other operations, and queues that are not there or not standard
 */
export function sent(call: AwsRequest, body: unknown, store: EmbeddedSqsStore): AwsAnswer | undefined {
  if (call.service !== "sqs" || !/^SendMessage(Batch)?$/.test(call.operation)) return undefined;
  const { QueueUrl, Entries = [], ...message } = (body ?? {}) as SendRequest;
  const queue = QueueUrl === undefined ? undefined : store.getQueue(QueueUrl);
  if (queue === undefined || queue.isFifo()) return undefined;
  const enqueue = (each: MessageToSend) => {
    const { MessageBody = "", MessageAttributes = {}, DelaySeconds } = each;
    const delay = DelaySeconds ?? Number(queue.attributes.DelaySeconds);
    const made = store.createMessage(MessageBody, MessageAttributes, delay > 0 ? delay : undefined);
    queue.enqueue(made);
    return receiptOf(made);
  };
  const isBatch = call.operation === "SendMessageBatch";
  const refusal = isBatch ? batchRefusal(Entries) : refusalOf(message);
  if (refusal) return refused("sqs", { status: 400, ...refusal });
  if (!isBatch) return sqsAnswer(200, enqueue(message));
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const { Id, ...entry } of Entries) {
    const wrong = refusalOf(entry);
    if (wrong) Failed.push({ Id, SenderFault: true, Code: wrong.code, Message: wrong.message });
    else Successful.push({ Id, ...enqueue(entry) });
  }
  return sqsAnswer(200, { Successful, ...(Failed.length > 0 && { Failed }) });
}

/** Why SQS refuses a batch as a whole. */
function batchRefusal(entries: readonly BatchEntry[]): MessageRefusal | undefined {
  if (entries.length === 0)
    return { code: "EmptyBatchRequest", message: "The batch request doesn't contain any entries." };
  if (entries.length > MOST_ENTRIES) {
    const message = `Maximum number of entries per request are ${MOST_ENTRIES}.`;
    return { code: "TooManyEntriesInBatchRequest", message };
  }
  const ids = entries.map(({ Id = "" }) => Id);
  if (!ids.every((id) => ENTRY_ID.test(id))) {
    const message =
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
    return { code: "InvalidBatchEntryId", message };
  }
  if (new Set(ids).size < ids.length) {
    const message = "Two or more batch entries in the request have the same Id.";
    return { code: "BatchEntryIdsNotDistinct", message };
  }
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > LARGEST_MESSAGE_BYTES) {
    const message = `Batch requests cannot be longer than ${LARGEST_MESSAGE_BYTES} bytes.`;
    return { code: "BatchRequestTooLong", message };
  }
  return undefined;
}

function receiptOf({ messageId, md5OfBody, md5OfMessageAttributes }: StoredMessage) {
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfBody,
    ...(md5OfMessageAttributes && { MD5OfMessageAttributes: md5OfMessageAttributes }),
  };
}
