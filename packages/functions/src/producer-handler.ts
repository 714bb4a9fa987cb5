import { dateOfInputKey, inputKey, type ProducerDeps, produce, runId } from "@lotes/core";
import type { Context, S3Event } from "aws-lambda";
import { csvVersionOf } from "./csv-version.ts";
import type { HandlerLogger, PublishedMetrics } from "./handler-deps.ts";

export interface ProducerHandlerDeps extends Omit<ProducerDeps, "log" | "metrics"> {
  readonly logger: HandlerLogger;
  readonly metrics: PublishedMetrics;
}

/** S3 has a new movies.csv: its lotes are to be queued. A failure is Lambda's to retry. */
export function producerHandler({ logger, metrics, ...deps }: ProducerHandlerDeps) {
  return async (event: S3Event, context: Context): Promise<void> => {
    for (const record of event.Records) {
      const source = csvVersionOf(record);
      const log = logger.createChild({ persistentKeys: { key: source.key, request: context.awsRequestId } });
      const date = dateOfInputKey(source.key);
      if (date === undefined) {
        log.warn(`ignored: the key is not of the form ${inputKey("{yyyy}/{mm}/{dd}")}`);
        continue;
      }
      log.appendKeys({ date, run: runId(source) });
      await metrics.publishedAfter(() => produce(source, date, { ...deps, log, metrics }));
    }
  };
}
