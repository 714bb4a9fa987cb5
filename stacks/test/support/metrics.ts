import { resourceOf, resourcesOf, type StackGraph } from "./stack-graph.ts";

/** A line of the log that holds metrics, or another one. */
interface EmbeddedMetrics {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** A metric in one way of writing. Which reasons occur is up to TMDB: any stands for all. */
function inOneWay(namespace: string, name: string, dimensions: Readonly<Record<string, unknown>>): string {
  const sorted = Object.keys(dimensions).sort();
  return [namespace, name, ...sorted.map((key) => `${key}=${key === "reason" ? "…" : dimensions[key]}`)].join(" ");
}

/** The metrics of a line of the log. */
export function metricsIn(line: EmbeddedMetrics): string[] {
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((keys) => inOneWay(Namespace, Name, Object.fromEntries(keys.map((key) => [key, line[key]])))),
    ),
  );
}

/** What the alarms and the dashboard of the stack name of our own metrics. */
export function metricsWatched(graph: StackGraph): string[] {
  const inAlarms = resourcesOf(graph, "MetricAlarm").flatMap(({ inputs }) =>
    (inputs.metricQueries as MetricQuery[])
      .flatMap(({ metric }) => metric ?? [])
      .map(({ namespace, metricName, dimensions }) => inOneWay(namespace, metricName, dimensions)),
  );
  const { widgets } = JSON.parse(resourceOf(graph, "Dashboard").dashboardBody as string) as Dashboard;
  const inGraphs = widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map((metric) => metric.filter((part) => typeof part === "string"))
    .map(([namespace = "", name = "", ...keysAndValues]) => {
      const keys = keysAndValues.filter((_, at) => at % 2 === 0);
      return inOneWay(namespace, name, Object.fromEntries(keys.map((key, at) => [key, keysAndValues[2 * at + 1]])));
    });
  return [...inAlarms, ...inGraphs].filter((metric) => metric.startsWith("lotes/"));
}

interface MetricQuery {
  readonly metric?: {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions: Record<string, string>;
  };
}

interface Dashboard {
  readonly widgets: readonly { readonly properties: { readonly metrics?: readonly (readonly unknown[])[] } }[];
}
