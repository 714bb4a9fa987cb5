import { Logger } from "@aws-lambda-powertools/logger";
import { S3WholeObjectStore, SqsMessageQueue } from "@lotes/aws";
import { loadSettings } from "@lotes/core";
import { Resource } from "sst";
import { collectorHandler } from "./collector-handler.ts";
import { HandlerMetrics } from "./handler-metrics.ts";

export const handler = collectorHandler({
  store: new S3WholeObjectStore(Resource.DataLake.name),
  deadLetterQueue: new SqsMessageQueue(Resource.DeadLetterQueue.url),
  requestsPerSecond: loadSettings(process.env).tmdb.requestsPerSecond,
  logger: new Logger({ serviceName: "collector" }),
  metrics: new HandlerMetrics("collector"),
});
