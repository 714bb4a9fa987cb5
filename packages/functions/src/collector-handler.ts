import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { type CollectorDeps, collect } from "@lotes/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { failureLogged } from "./failure-logged.ts";
import type { HandlerLogger, PublishedMetrics } from "./handler-deps.ts";
import { PARTIAL_RESPONSE } from "./partial-response.ts";
import { sentAt, version1Attempts } from "./sqs-record.ts";

export interface CollectorHandlerDeps extends Omit<CollectorDeps, "log" | "metrics"> {
  readonly logger: HandlerLogger;
  readonly metrics: PublishedMetrics;
}

/** Dead letters for the ledgers. They are written a date at a time, so a letter shares the fate of its date. */
export function collectorHandler({ logger, metrics, ...deps }: CollectorHandlerDeps) {
  const processor = new BatchProcessor(EventType.SQS);
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const log = logger.createChild({ persistentKeys: { request: context.awsRequestId } });
    const letters = event.Records.map((record) => ({
      body: record.body,
      sentAt: sentAt(record),
      version1Attempts: version1Attempts(record),
    }));
    const entered = new Map(
      collect(letters, { ...deps, log, metrics }).map((done, index) => [event.Records[index]?.messageId, done]),
    );
    const enter = (record: SQSRecord) => failureLogged(log, async () => entered.get(record.messageId));
    return processPartialResponse(event, enter, processor, { ...PARTIAL_RESPONSE, context });
  };
}
