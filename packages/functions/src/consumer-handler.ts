import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { type ConsumerDeps, consumeLote, type MovieSource, parseMessage, Stopwatch } from "@lotes/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { deadlinesOf } from "./deadline.ts";
import { failureLogged } from "./failure-logged.ts";
import type { HandlerLogger, PublishedMetrics } from "./handler-deps.ts";
import { sentAt, version1Attempts } from "./sqs-record.ts";

/**
 * A message that fails is told of in the response, also when it is the only one. By default Powertools would throw then: Lambda would count an
 * error, log it a second time and poll more slowly, and the alarm on errors would sound for what SQS delivers again by itself.
 */
const PARTIAL_RESPONSE = { throwOnFullBatchFailure: false } as const;

/** A source of movies that has to know when an invocation begins and ends. */
export interface InvokedMovieSource extends MovieSource {
  /**
   * Runs the work of one invocation, and returns when the next one may begin.
   * @param latest when to return at the latest, by `performance.now()`
   */
  invocation<T>(work: () => Promise<T>, latest: number): Promise<T>;
}

export interface ConsumerHandlerDeps extends Pick<ConsumerDeps, "store" | "deadLetterQueue" | "reuseHours"> {
  /** One for as long as the process lives: its limiter is what keeps the process within its share. */
  readonly movies: InvokedMovieSource;
  readonly logger: HandlerLogger;
  readonly metrics: PublishedMetrics;
}

/** Lotes to fetch. One that fails is reported as such, and SQS delivers it again. */
export function consumerHandler({ logger, metrics, ...deps }: ConsumerHandlerDeps) {
  const processor = new BatchProcessor(EventType.SQS);
  const s3Time = new Stopwatch();
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const deadlines = deadlinesOf(context);
    const consume = async (record: SQSRecord): Promise<void> => {
      const log = logger.createChild({ persistentKeys: { request: context.awsRequestId } });
      await failureLogged(log, async () => {
        const message = parseMessage(record.body, version1Attempts(record));
        log.appendKeys({ run: message.run, date: message.date, ...("lote" in message && { lote: message.lote }) });
        const delivery = { receiveCount: Number(record.attributes.ApproximateReceiveCount), sentAt: sentAt(record) };
        await consumeLote(message, delivery, deadlines.fetching, { ...deps, s3Time, log, metrics });
      });
    };
    // One after the other: side by side, two lotes would fight for the same requests and both be late.
    const options = { ...PARTIAL_RESPONSE, context, processInParallel: false };
    const consumeAll = () => processPartialResponse(event, consume, processor, options);
    return deps.movies.invocation(() => metrics.publishedAfter(consumeAll), deadlines.answer);
  };
}
