import { Logger } from "@aws-lambda-powertools/logger";
import { S3ObjectStore, SqsMessageQueue } from "@lotes/aws";
import { loadSettings, originOf } from "@lotes/core";
import { Resource } from "sst";
import { HandlerMetrics } from "./handler-metrics.ts";
import { producerHandler } from "./producer-handler.ts";

const { tmdb, filter, loteSize, maxMalformedPercent, reuseHours } = loadSettings(process.env);

export const handler = producerHandler({
  store: new S3ObjectStore(Resource.DataLake.name),
  loteQueue: new SqsMessageQueue(Resource.LoteQueue.url),
  deadLetterQueue: new SqsMessageQueue(Resource.DeadLetterQueue.url),
  filter,
  loteSize,
  requestsPerSecond: tmdb.requestsPerSecond,
  reuse: { hours: reuseHours, origin: originOf(tmdb) },
  maxMalformedPercent,
  logger: new Logger({ serviceName: "producer" }),
  metrics: new HandlerMetrics("producer"),
});
