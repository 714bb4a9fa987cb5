import { METRICS } from "@lotes/core/metrics";
import { REASONS } from "@lotes/core/reasons";
import { FUNCTIONS } from "@lotes/core/topology";
import { type CloudWatchMetric, ofFunction, ofQueue, own } from "./metrics.ts";
import { functionName, stageName } from "./names.ts";
import type { Queues } from "./queues.ts";
import type { DeploymentSettings } from "./settings.ts";

/** How a metric is shown in a graph. */
interface Line {
  readonly id?: string;
  readonly expression?: string;
  readonly label: string;
  readonly stat?: string;
  readonly visible?: boolean;
}

type Row = readonly (CloudWatchMetric | Line)[];

// CloudWatch's grid is 24 wide.
const HALF = { width: 12, height: 6 };
const FULL = { width: 24, height: 6 };
const STRIP = { width: 24, height: 3 };

const PERIOD_SECONDS = 60;

/** One page that answers, from the top: is it running, how far is it, how fast, and what failed and why. */
export function dashboard(
  queues: Queues,
  alarms: readonly aws.cloudwatch.MetricAlarm[],
  { tmdb }: DeploymentSettings,
): aws.cloudwatch.Dashboard {
  const { region } = aws.getRegionOutput();
  const { loteQueue, deadLetterQueue } = queues;

  const graph = (title: string, rows: readonly Row[], options: object = {}) => ({
    ...HALF,
    type: "metric",
    properties: { title, region, view: "timeSeries", period: PERIOD_SECONDS, metrics: rows.map(asArray), ...options },
  });

  const widgets = [
    { ...STRIP, type: "alarm", properties: { title: "Alarms", alarms: alarms.map(({ arn }) => arn) } },
    {
      ...graph(
        "Ids, over the time shown",
        [
          [own("producer", METRICS.idsSelected), { label: "selected", stat: "Sum" }],
          [own("consumer", METRICS.recordsStored), { label: "stored", stat: "Sum" }],
          ...REASONS.map(
            (reason): Row => [own("collector", METRICS.idsFailed, reason), { label: reason, stat: "Sum" }],
          ),
        ],
        { view: "singleValue", setPeriodToTimeRange: true },
      ),
      ...STRIP,
    },
    graph(
      "Is it running: executions at once",
      FUNCTIONS.map(
        (service): Row => [ofFunction(service, "ConcurrentExecutions"), { label: service, stat: "Maximum" }],
      ),
    ),
    graph("How far: lotes left", [
      [ofQueue(loteQueue, "ApproximateNumberOfMessagesVisible"), { label: "waiting", stat: "Maximum" }],
      [
        ofQueue(loteQueue, "ApproximateNumberOfMessagesNotVisible"),
        { label: "at work, or hidden after a failure", stat: "Maximum" },
      ],
      [
        ofQueue(deadLetterQueue, "ApproximateNumberOfMessagesVisible"),
        { label: "failures not yet in the ledger", stat: "Maximum" },
      ],
    ]),
    graph(
      "How fast: requests per second to TMDB",
      [
        [own("consumer", METRICS.requests), { id: "requests", label: "requests", stat: "Sum", visible: false }],
        [{ expression: "requests / PERIOD(requests)", label: "requests per second" }],
      ],
      {
        annotations: { horizontal: [{ label: "budget", value: tmdb.requestsPerSecond }] },
        yAxis: { left: { min: 0 } },
      },
    ),
    graph("In TMDB's way: 429s and retries", [
      [own("consumer", METRICS.rateLimited), { label: "429s", stat: "Sum" }],
      [own("consumer", METRICS.retries), { label: "retries", stat: "Sum" }],
    ]),
    graph(
      "What failed, and why",
      REASONS.map((reason): Row => [own("collector", METRICS.idsFailed, reason), { label: reason, stat: "Sum" }]),
      { stacked: true },
    ),
    graph("Rows of a CSV that were left out", [
      [own("producer", METRICS.rowsMalformed), { label: "malformed", stat: "Sum" }],
      [own("producer", METRICS.rowsUnreadable), { label: "with numbers that can't be read", stat: "Sum" }],
    ]),
    graph("How long a lote takes", [
      [own("consumer", METRICS.loteDuration), { label: "half of them", stat: "p50" }],
      [own("consumer", METRICS.loteDuration), { label: "99 of 100", stat: "p99" }],
    ]),
    graph(
      "Functions that failed or were refused",
      FUNCTIONS.flatMap((service): Row[] => [
        [ofFunction(service, "Errors"), { label: `${service} errors`, stat: "Sum" }],
        [ofFunction(service, "Throttles"), { label: `${service} throttles`, stat: "Sum" }],
      ]),
    ),
    graph("How long the oldest waits", [
      [ofQueue(loteQueue, "ApproximateAgeOfOldestMessage"), { label: "lote", stat: "Maximum" }],
      [ofQueue(deadLetterQueue, "ApproximateAgeOfOldestMessage"), { label: "failure", stat: "Maximum" }],
    ]),
    {
      ...FULL,
      type: "log",
      properties: { title: "Warnings and errors", region, view: "table", query: latestTroubles() },
    },
  ];
  return new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: stageName(),
    dashboardBody: $jsonStringify({ widgets }),
  });
}

/** A metric as a dashboard writes it: namespace, name, each dimension's name and value, then how to show it. */
function asArray(row: Row): unknown[] {
  return row.flatMap((part): unknown[] =>
    "namespace" in part ? [part.namespace, part.metricName, ...Object.entries(part.dimensions).flat()] : [part],
  );
}

function latestTroubles(): string {
  return [
    ...FUNCTIONS.map((service) => `SOURCE '/aws/lambda/${functionName(service)}'`),
    "fields @timestamp, service, date, lote, message, error.message",
    'filter level in ["WARN", "ERROR"]',
    "sort @timestamp desc",
    "limit 50",
  ].join(" | ");
}
