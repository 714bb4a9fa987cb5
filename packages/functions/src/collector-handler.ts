import { type CollectorDeps, collect, OutputMemory } from "@lotes/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { failureLogged } from "./failure-logged.ts";
import type { HandlerLogger, PublishedMetrics } from "./handler-deps.ts";
import { sentAt, version1Attempts } from "./sqs-record.ts";

export interface CollectorHandlerDeps extends Omit<CollectorDeps, "log" | "metrics" | "memory"> {
  readonly logger: HandlerLogger;
  readonly metrics: PublishedMetrics;
}

/** Dead letters for the ledgers. They are written a date at a time, so a letter shares the fate of its date. */
export function collectorHandler({ logger, metrics, ...deps }: CollectorHandlerDeps) {
  const memory = new OutputMemory();
  return async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const log = logger.createChild({ persistentKeys: { request: context.awsRequestId } });
    const letters = Records.map((record) => ({
      body: record.body,
      sentAt: sentAt(record),
      version1Attempts: version1Attempts(record),
    }));
    const entered = collect(letters, { ...deps, memory, log, metrics }).map((done) => failureLogged(log, () => done));
    const outcomes = await Promise.allSettled(entered);
    const failed = Records.filter((_, index) => outcomes[index]?.status === "rejected");
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
