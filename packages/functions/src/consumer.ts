import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { consumeLote, loadSettings, parseMessage } from "@lotes/core";
import { TmdbClient } from "@lotes/tmdb";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { Resource } from "sst";
import { deadlinesOf } from "./deadline.ts";
import { failureLogged } from "./failure-logged.ts";
import { HandlerMetrics } from "./handler-metrics.ts";
import { PARTIAL_RESPONSE } from "./partial-response.ts";
import { sentAt, version1Attempts } from "./sqs-record.ts";

const logger = new Logger({ serviceName: "consumer" });
const metrics = new HandlerMetrics("consumer");
const { tmdb, consumerConcurrency } = loadSettings({ ...process.env, TMDB_TOKEN: Resource.TmdbToken.value });
const store = new S3ObjectStore(Resource.DataLake.name);
const deadLetterQueue = new SqsMessageQueue(Resource.DeadLetterQueue.url);
// At module scope: one limiter for as long as the process lives.
const movies = new TmdbClient(tmdb, consumerConcurrency);
const processor = new BatchProcessor(EventType.SQS);

/** Lotes to fetch. One that fails is reported as such, and SQS delivers it again. */
export function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const deadlines = deadlinesOf(context);
  const consume = async (record: SQSRecord): Promise<void> => {
    const log = logger.createChild({ persistentKeys: { request: context.awsRequestId } });
    await failureLogged(log, async () => {
      const message = parseMessage(record.body, version1Attempts(record));
      log.appendKeys({ run: message.run, date: message.date, lote: message.lote });
      const delivery = { receiveCount: Number(record.attributes.ApproximateReceiveCount), sentAt: sentAt(record) };
      await consumeLote(message, delivery, deadlines.fetching, { store, deadLetterQueue, movies, log, metrics });
    });
  };
  // One after the other: side by side, two lotes would fight for the same requests and both be late.
  const options = { ...PARTIAL_RESPONSE, context, processInParallel: false };
  const consumeAll = () => processPartialResponse(event, consume, processor, options);
  return movies.invocation(() => metrics.publishedAfter(consumeAll), deadlines.answer);
}
