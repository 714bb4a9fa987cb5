import { METRIC_DIMENSIONS, type Metric, metricsNamespace } from "@lotes/core/metrics";
import type { Reason } from "@lotes/core/reasons";
import type { FunctionName } from "@lotes/core/topology";
import { functionName } from "./names.ts";

type Text = $util.Input<string>;

/** A CloudWatch metric, as alarms and dashboards name it. */
export interface CloudWatchMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, Text>>;
}

/** What a function measures itself. */
export function own(service: FunctionName, { name }: Metric, reason?: Reason): CloudWatchMetric {
  return {
    namespace: metricsNamespace($app),
    metricName: name,
    dimensions: {
      [METRIC_DIMENSIONS.service]: service,
      ...(reason && { [METRIC_DIMENSIONS.reason]: reason }),
    },
  };
}

/** What Lambda measures of a function. */
export function ofFunction(
  service: FunctionName,
  metricName: "Errors" | "Throttles" | "Duration" | "ConcurrentExecutions",
): CloudWatchMetric {
  return { namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: functionName(service) } };
}

/** What SQS measures of a queue. */
export function ofQueue(
  { nodes }: sst.aws.Queue,
  metricName:
    | "ApproximateAgeOfOldestMessage"
    | "ApproximateNumberOfMessagesVisible"
    | "ApproximateNumberOfMessagesNotVisible",
): CloudWatchMetric {
  return { namespace: "AWS/SQS", metricName, dimensions: { QueueName: nodes.queue.name } };
}
