import { METRICS } from "@lotes/core/metrics";
import { REASONS, reasonFacts } from "@lotes/core/reasons";
import { COLLECTOR, FUNCTIONS, visibilityTimeoutSeconds } from "@lotes/core/topology";
import { type CloudWatchMetric, ofFunction, ofQueue, own } from "./metrics.ts";
import { componentName, stageName } from "./names.ts";
import type { Queues } from "./queues.ts";
import type { DeploymentSettings } from "./settings.ts";

interface Alarm {
  readonly name: string;
  /** What it means and where to look, for the mail. */
  readonly description: string;
  /** One metric, or several that are added up. */
  readonly metrics: readonly CloudWatchMetric[];
  readonly statistic: "Sum" | "Maximum";
  /** The threshold: the alarm sounds at this value. */
  readonly threshold: number;
  /** For how many periods in a row; by default one. */
  readonly periods?: number;
}

const PERIOD_SECONDS = 300;

// At 40 requests per second an hour is 144,000 ids, more than all of IMDb selects: a lote that waits longer has no consumer.
const OLDEST_LOTE_SECONDS = 60 * 60;
// The collector empties the queue within seconds. What it fails at comes back after the visibility timeout: this is the second time.
const OLDEST_FAILURE_SECONDS = 2 * visibilityTimeoutSeconds(COLLECTOR);
// A throttled batch is tried again by the event source. Only throttling that lasts is worth an alarm.
const THROTTLED_PERIODS = 3;

// A message that a consumer or the collector can't work on is no error of the function. What becomes of it sounds IdsFailed or DeadLetterQueueAge.
const CRASHED = "crashed, or ran out of time or memory";
const FAILED = { producer: "failed or was killed", consumer: CRASHED, collector: CRASHED } as const;

function alarmsOf({ loteQueue, deadLetterQueue, producerFailures }: Queues): Alarm[] {
  const alarming = REASONS.filter((reason) => reasonFacts(reason).alarming);
  return [
    {
      name: "LoteQueueAge",
      description:
        "A lote has been waiting for an hour: no consumer takes it. Look at the consumer's log and its concurrency.",
      metrics: [ofQueue(loteQueue, "ApproximateAgeOfOldestMessage")],
      statistic: "Maximum",
      threshold: OLDEST_LOTE_SECONDS,
    },
    {
      name: "DeadLetterQueueAge",
      description: "Failures don't get into erros_geral.json. Look at the collector's log.",
      metrics: [ofQueue(deadLetterQueue, "ApproximateAgeOfOldestMessage")],
      statistic: "Maximum",
      threshold: OLDEST_FAILURE_SECONDS,
    },
    {
      name: "ProducerFailures",
      description:
        "The producer failed three times for an upload; the event is in the queue ProducerFailures. Look at its log, then upload the CSV again.",
      metrics: [ofQueue(producerFailures, "ApproximateNumberOfMessagesVisible")],
      statistic: "Maximum",
      threshold: 1,
    },
    {
      name: "CsvRejected",
      description: "A movies.csv can't be used: _run.json of its date says why. Upload a correct one.",
      metrics: [own("producer", METRICS.csvRejected)],
      statistic: "Sum",
      threshold: 1,
    },
    {
      name: "IdsFailed",
      description: `Ids failed for a reason other than that TMDB does not know them (${alarming.join(", ")}): see erros_geral.json of the date.`,
      metrics: alarming.map((reason) => own("collector", METRICS.idsFailed, reason)),
      statistic: "Sum",
      threshold: 1,
    },
    ...FUNCTIONS.map(
      (service): Alarm => ({
        name: `${componentName(service)}Errors`,
        description: `The ${service} ${FAILED[service]}. What it worked on comes back by itself; its log has the cause.`,
        metrics: [ofFunction(service, "Errors")],
        statistic: "Sum",
        threshold: 1,
      }),
    ),
    ...FUNCTIONS.map(
      (service): Alarm => ({
        name: `${componentName(service)}Throttles`,
        description: `Lambda has been refusing to run the ${service} for a quarter of an hour: the account's concurrency is used up.`,
        metrics: [ofFunction(service, "Throttles")],
        statistic: "Sum",
        threshold: 1,
        periods: THROTTLED_PERIODS,
      }),
    ),
  ];
}

/** An alarm for each way a run can get stuck or lose its way, told to a topic. */
export function alarms(queues: Queues, { alarmEmail }: DeploymentSettings) {
  const topic = new aws.sns.Topic("Alarms", { name: stageName("alarms") });
  if (alarmEmail !== undefined) {
    new aws.sns.TopicSubscription("AlarmEmail", { topic: topic.arn, protocol: "email", endpoint: alarmEmail });
  }
  return alarmsOf(queues).map(
    ({ name, description, threshold, periods = 1, metrics, statistic }) =>
      new aws.cloudwatch.MetricAlarm(`${name}Alarm`, {
        name: stageName(name),
        alarmDescription: description,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold,
        evaluationPeriods: periods,
        // Between two uploads there is nothing to measure.
        treatMissingData: "notBreaching",
        alarmActions: [topic.arn],
        metricQueries: sumOf(metrics, statistic),
      }),
  );
}

/** The query whose result the alarm looks at: the metric itself, or the sum of all. */
function sumOf(
  metrics: readonly CloudWatchMetric[],
  stat: Alarm["statistic"],
): aws.types.input.cloudwatch.MetricAlarmMetricQuery[] {
  const queries = metrics.map((metric, index) => ({
    id: `m${index + 1}`,
    metric: { ...metric, stat, period: PERIOD_SECONDS },
    returnData: metrics.length === 1,
  }));
  if (queries.length === 1) return queries;
  // A reason that never occurred has no data, and a sum with no data is no data.
  const expression = queries.map(({ id }) => `FILL(${id}, 0)`).join(" + ");
  return [...queries, { id: "sum", expression, label: "Sum", returnData: true }];
}
