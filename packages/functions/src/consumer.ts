import { Logger } from "@aws-lambda-powertools/logger";
import { S3WholeObjectStore, SqsMessageQueue } from "@lotes/aws";
import { loadSettings } from "@lotes/core";
import { TmdbClient } from "@lotes/tmdb";
import { Resource } from "sst";
import { consumerHandler } from "./consumer-handler.ts";
import { HandlerMetrics } from "./handler-metrics.ts";

const { tmdb, consumerConcurrency, reuseHours } = loadSettings({
  ...process.env,
  TMDB_TOKEN: Resource.TmdbToken.value,
});

export const handler = consumerHandler({
  store: new S3WholeObjectStore(Resource.DataLake.name),
  deadLetterQueue: new SqsMessageQueue(Resource.DeadLetterQueue.url),
  movies: new TmdbClient(tmdb, { concurrency: consumerConcurrency, reuseHours }),
  reuseHours,
  logger: new Logger({ serviceName: "consumer" }),
  metrics: new HandlerMetrics("consumer"),
});
