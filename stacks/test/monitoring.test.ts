import { readFileSync } from "node:fs";
import { METRICS, REASONS, type Reason } from "@lotes/core";
import { describe, expect, test } from "vitest";
import { type Resource, resourceOf, resourcesOf } from "./support/stack-graph.ts";
import { evaluatedStages } from "./support/stages.ts";

const stages = await evaluatedStages();

interface Query {
  readonly id: string;
  readonly expression?: string;
  readonly returnData: boolean;
  readonly metric?: {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions: Record<string, string>;
    readonly stat: string;
    readonly period: number;
  };
}

describe.each(["dev", "prod"] as const)("in %s", (stage) => {
  const graph = stages[stage];
  const alarm = (name: string) => resourceOf(graph, "MetricAlarm", name);
  const queriesOf = ({ metricQueries }: Resource["inputs"]) => metricQueries as Query[];
  const onlyMetric = (name: string) => queriesOf(alarm(name)).map(({ metric }) => metric);
  const queueName = (name: string) => resourceOf(graph, "Queue", name).name as string;
  const namespace = `lotes/${stage}`;

  test("there is an alarm for each way to get stuck, and no other", () => {
    expect(
      resourcesOf(graph, "MetricAlarm")
        .map(({ inputs }) => inputs.name)
        .sort(),
    ).toEqual(
      [
        "CollectorErrors",
        "CollectorThrottles",
        "ConsumerErrors",
        "ConsumerThrottles",
        "CsvRejected",
        "DeadLetterQueueAge",
        "IdsFailed",
        "LoteQueueAge",
        "ProducerErrors",
        "ProducerFailures",
        "ProducerThrottles",
      ].map((name) => `lotes-${stage}-${name}`),
    );
  });

  test("each alarm is explained in docs/deployment.md", () => {
    const page = readFileSync(new URL("../../docs/deployment.md", import.meta.url), "utf8");
    const names = resourcesOf(graph, "MetricAlarm").map(({ inputs }) =>
      String(inputs.name).replace(`lotes-${stage}-`, ""),
    );
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test("each alarm says what it means, tells the topic, and is quiet while there is nothing to measure", () => {
    const [topic] = resourcesOf(graph, "Topic");
    for (const { inputs } of resourcesOf(graph, "MetricAlarm")) {
      expect(inputs).toMatchObject({
        alarmActions: [`arn:aws:sns:us-east-1:123456789012:${topic?.inputs.name}`],
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "notBreaching",
        alarmDescription: expect.stringMatching(/^.{30,}\.$/),
      });
      expect(queriesOf(inputs).filter(({ returnData }) => returnData)).toHaveLength(1);
    }
  });

  test.each([
    ["LoteQueueAge", "LoteQueue", "ApproximateAgeOfOldestMessage", 3600],
    ["DeadLetterQueueAge", "DeadLetterQueue", "ApproximateAgeOfOldestMessage", 730],
    ["ProducerFailures", "ProducerFailures", "ApproximateNumberOfMessagesVisible", 1],
  ])("%s watches %s", (name, queue, metricName, threshold) => {
    expect(alarm(name)).toMatchObject({ threshold, evaluationPeriods: 1 });
    expect(onlyMetric(name)).toEqual([
      {
        namespace: "AWS/SQS",
        metricName,
        dimensions: { QueueName: queueName(queue) },
        stat: "Maximum",
        period: 300,
      },
    ]);
  });

  test.each(["Producer", "Consumer", "Collector"])(
    "an error of the %s is told at once, throttling when it lasts",
    (name) => {
      const metric = {
        namespace: "AWS/Lambda",
        dimensions: { FunctionName: resourceOf(graph, "Function", name).name },
      };
      expect(alarm(`${name}Errors`)).toMatchObject({ threshold: 1, evaluationPeriods: 1 });
      expect(onlyMetric(`${name}Errors`)).toEqual([{ ...metric, metricName: "Errors", stat: "Sum", period: 300 }]);
      expect(alarm(`${name}Throttles`)).toMatchObject({ threshold: 1, evaluationPeriods: 3 });
      expect(onlyMetric(`${name}Throttles`)).toEqual([
        { ...metric, metricName: "Throttles", stat: "Sum", period: 300 },
      ]);
    },
  );

  test("a CSV that can't be used is told", () => {
    expect(alarm("CsvRejected")).toMatchObject({ threshold: 1 });
    expect(onlyMetric("CsvRejected")).toEqual([
      { namespace, metricName: "CsvRejected", dimensions: { service: "producer" }, stat: "Sum", period: 300 },
    ]);
  });

  test("ids that failed are told for every reason but not_found, which every CSV has", () => {
    const queries = queriesOf(alarm("IdsFailed"));
    const told = REASONS.filter((reason) => reason !== "not_found");
    expect(queries.flatMap(({ metric }) => (metric ? [metric] : []))).toEqual(
      told.map((reason) => ({
        namespace,
        metricName: "IdsFailed",
        dimensions: { service: "collector", reason },
        stat: "Sum",
        period: 300,
      })),
    );
    expect(queries.at(-1)).toMatchObject({
      expression: told.map((_, index) => `FILL(m${index + 1}, 0)`).join(" + "),
      returnData: true,
    });
    // CloudWatch takes no more than ten metrics in the expression of an alarm.
    expect(queries.length - 1).toBeLessThanOrEqual(10);
  });
});

describe("the dashboard", () => {
  const { dashboardName, dashboardBody } = resourceOf(stages.prod, "Dashboard") as Record<string, string>;
  const { widgets } = JSON.parse(dashboardBody ?? "") as {
    widgets: {
      type: string;
      properties: { metrics?: unknown[][]; alarms?: string[]; query?: string; annotations?: unknown };
    }[];
  };
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const own = metrics.filter(([namespace]) => namespace === "lotes/prod");

  test("is named after the stage and linked in what the deployment prints", () => {
    expect(dashboardName).toBe("lotes-prod");
    expect(stages.prod.outputs.dashboard).toBe(
      "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/lotes-prod",
    );
  });

  test("shows every number the functions measure", () => {
    const shown = new Set(own.map(([, name]) => name));
    // A rejected CSV has an alarm, and no course to follow.
    const measured = Object.values(METRICS).filter(({ name }) => name !== "CsvRejected");
    expect([...shown].sort()).toEqual(measured.map(({ name }) => name).sort());
  });

  test("shows failures by every reason", () => {
    const reasons = own.filter(([, name]) => name === "IdsFailed").map((metric) => metric[5] as Reason);
    expect(new Set(reasons)).toEqual(new Set(REASONS));
  });

  test("holds the requests against the budget", () => {
    const graph = widgets.find(({ properties }) => properties.annotations);
    expect(graph?.properties).toMatchObject({
      metrics: [
        ["lotes/prod", "Requests", "service", "consumer", { id: "requests", stat: "Sum", visible: false }],
        [{ expression: "requests / PERIOD(requests)" }],
      ],
      annotations: { horizontal: [{ label: "budget", value: 40 }] },
    });
  });

  test("begins with all alarms, and ends with what the functions warn of", () => {
    expect(widgets[0]?.properties.alarms).toHaveLength(resourcesOf(stages.prod, "MetricAlarm").length);
    const groups = resourcesOf(stages.prod, "LogGroup").map(({ inputs }) => `SOURCE '${inputs.name}'`);
    expect(widgets.at(-1)?.properties.query?.split(" | ").slice(0, 3).sort()).toEqual(groups.sort());
  });

  test("has no line twice in a graph", () => {
    for (const { properties } of widgets) {
      const lines = (properties.metrics ?? []).map((line) => JSON.stringify(line));
      expect(new Set(lines).size).toBe(lines.length);
    }
  });
});

describe("the topic", () => {
  test("has no subscriber unless an address is given", () => {
    expect(resourcesOf(stages.prod, "TopicSubscription")).toEqual([]);
  });

  test("mails to the address that is given", () => {
    expect(resourceOf(stages.told, "TopicSubscription")).toMatchObject({
      protocol: "email",
      endpoint: "ops@example.com",
    });
  });
});
