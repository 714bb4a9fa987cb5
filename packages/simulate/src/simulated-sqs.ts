import {
  type SendMessageBatchCommand,
  SQSClient,
  type SQSClientConfig,
  SQSServiceException,
} from "@aws-sdk/client-sqs";
import type { Fault } from "./fault.ts";
import type { Queue } from "./queue.ts";
import type { ServiceCalls, ServiceErrors } from "./service-calls.ts";

const ATTEMPTS = 3;
const MOST_ENTRIES = 10;
const LARGEST_BATCH_BYTES = 1024 * 1024;

function sqsError(name: string, httpStatusCode: number): SQSServiceException {
  return new SQSServiceException({ name, message: name, $fault: "client", $metadata: { httpStatusCode } });
}

const ERRORS: ServiceErrors = {
  throttled: () => sqsError("RequestThrottled", 403),
  broken: () => sqsError("InternalFailure", 500),
  // SQS knows no conflict.
  conflict: () => sqsError("InternalFailure", 500),
};

/** Makes the SQS clients of one process, in the place of `new SQSClient`. They send to one queue. */
export function connectToSqs(queue: Queue, calls: ServiceCalls) {
  const does = queue.name === "LoteQueue" ? "sends lotes" : "sends a report";
  return ({ maxAttempts = ATTEMPTS }: SQSClientConfig): SQSClient => {
    const send = (command: SendMessageBatchCommand) =>
      calls.make({ service: "sqs", does, batch: true }, Number(maxAttempts), ERRORS, (fault) =>
        sendBatch(command.input, queue, fault),
      );
    return Object.assign(Object.create(SQSClient.prototype), { send, destroy() {} });
  };
}

function sendBatch({ Entries = [] }: SendMessageBatchCommand["input"], queue: Queue, fault: Fault | undefined) {
  if (Entries.length === 0) throw sqsError("EmptyBatchRequest", 400);
  if (Entries.length > MOST_ENTRIES) throw sqsError("TooManyEntriesInBatchRequest", 400);
  const bytes = Entries.reduce((sum, { MessageBody = "" }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > LARGEST_BATCH_BYTES) throw sqsError("BatchRequestTooLong", 400);
  const Successful: { Id: string | undefined }[] = [];
  const Failed: { Id: string | undefined; Code: string; Message?: string; SenderFault: boolean }[] = [];
  Entries.forEach(({ Id, MessageBody = "", DelaySeconds = 0 }, index) => {
    // Every other entry, the first one among the refused: a batch of one is refused whole.
    if (fault?.kind === "in part" && index % 2 === 0) {
      Failed.push({ Id, Code: "InternalError", SenderFault: false });
      return;
    }
    const refusal = queue.send(MessageBody, {}, DelaySeconds * 1_000);
    if (refusal) Failed.push({ Id, Code: refusal.code, Message: refusal.message, SenderFault: true });
    else Successful.push({ Id });
  });
  return { Successful, Failed };
}
