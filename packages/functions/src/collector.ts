import { Logger } from "@aws-lambda-powertools/logger";
import { S3ObjectStore } from "@lotes/aws";
import { Resource } from "sst";
import { collectorHandler } from "./collector-handler.ts";
import { HandlerMetrics } from "./handler-metrics.ts";

export const handler = collectorHandler({
  store: new S3ObjectStore(Resource.DataLake.name),
  logger: new Logger({ serviceName: "collector" }),
  metrics: new HandlerMetrics("collector"),
});
