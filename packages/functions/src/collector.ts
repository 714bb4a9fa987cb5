import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { S3ObjectStore } from "@lotes/aws";
import { collect } from "@lotes/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Resource } from "sst";
import { failureLogged } from "./failure-logged.ts";
import { HandlerMetrics } from "./handler-metrics.ts";
import { PARTIAL_RESPONSE } from "./partial-response.ts";
import { sentAt, version1Attempts } from "./sqs-record.ts";

const logger = new Logger({ serviceName: "collector" });
const metrics = new HandlerMetrics("collector");
const store = new S3ObjectStore(Resource.DataLake.name);
const processor = new BatchProcessor(EventType.SQS);

/** Dead letters for the ledgers. They are written a date at a time, so a letter shares the fate of its date. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const log = logger.createChild({ persistentKeys: { request: context.awsRequestId } });
  const letters = event.Records.map((record) => ({
    body: record.body,
    sentAt: sentAt(record),
    version1Attempts: version1Attempts(record),
  }));
  const entered = new Map(
    collect(letters, { store, log, metrics }).map((done, index) => [event.Records[index]?.messageId, done]),
  );
  const enter = (record: SQSRecord) => failureLogged(log, async () => entered.get(record.messageId));
  return processPartialResponse(event, enter, processor, { ...PARTIAL_RESPONSE, context });
}
