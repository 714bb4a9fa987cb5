import { Logger } from "@aws-lambda-powertools/logger";
import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { dateOfInputKey, inputKey, loadSettings, produce, runId } from "@lotes/core";
import type { Context, S3Event } from "aws-lambda";
import { Resource } from "sst";
import { HandlerMetrics } from "./handler-metrics.ts";
import { sourceOf } from "./s3-source.ts";

const logger = new Logger({ serviceName: "producer" });
const metrics = new HandlerMetrics("producer");
const { filter, loteSize, maxMalformedPercent } = loadSettings(process.env);
const store = new S3ObjectStore(Resource.DataLake.name);
const loteQueue = new SqsMessageQueue(Resource.LoteQueue.url);

/** S3 has a new movies.csv: its lotes are to be queued. A failure is Lambda's to retry. */
export async function handler(event: S3Event, context: Context): Promise<void> {
  for (const record of event.Records) {
    const source = sourceOf(record);
    const log = logger.createChild({ persistentKeys: { key: source.key, request: context.awsRequestId } });
    const date = dateOfInputKey(source.key);
    if (date === undefined) {
      log.warn(`ignored: the key is not of the form ${inputKey("{yyyy}/{mm}/{dd}")}`);
      continue;
    }
    log.appendKeys({ date, run: runId(source) });
    const deps = { store, loteQueue, filter, loteSize, maxMalformedPercent, log, metrics };
    await metrics.publishedAfter(() => produce(source, date, deps));
  }
}
