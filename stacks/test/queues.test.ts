import { describe, expect, test } from "vitest";
import { resourceOf, resourcesOf } from "./support/stack-graph.ts";
import { evaluatedStages, TOLD } from "./support/stages.ts";

const stages = await evaluatedStages();

const DAY_SECONDS = 24 * 60 * 60;

describe.each(["dev", "prod"] as const)("in %s", (stage) => {
  const graph = stages[stage];
  const queue = (name: string) => resourceOf(graph, "Queue", name);
  const subscription = (name: string) => resourceOf(graph, "EventSourceMapping", `${name}Subscriber`);
  const lambda = (name: string) => resourceOf(graph, "Function", name);

  test.each([
    ["LoteQueue", "Consumer"],
    ["DeadLetterQueue", "Collector"],
  ])("%s hides a message for six times as long as %s may take, and its batching window", (queueName, functionName) => {
    const { timeout } = lambda(functionName) as { timeout: number };
    const { maximumBatchingWindowInSeconds } = subscription(queueName) as { maximumBatchingWindowInSeconds: number };
    expect(queue(queueName).visibilityTimeoutSeconds).toBeGreaterThanOrEqual(
      6 * timeout + maximumBatchingWindowInSeconds,
    );
  });

  test("a lote that was received five times moves to the DeadLetterQueue", () => {
    expect(JSON.parse(queue("LoteQueue").redrivePolicy as string)).toEqual({
      deadLetterTargetArn: `arn:aws:sqs:us-east-1:123456789012:${queue("DeadLetterQueue").name}`,
      maxReceiveCount: 5,
    });
  });

  test("failures are kept for 14 days, longer than the four of a lote, whose age they keep", () => {
    expect(queue("DeadLetterQueue").messageRetentionSeconds).toBe(14 * DAY_SECONDS);
    expect(queue("ProducerFailures").messageRetentionSeconds).toBe(14 * DAY_SECONDS);
    // SQS's default is four days.
    expect(queue("LoteQueue").messageRetentionSeconds).toBeUndefined();
  });

  test("every queue is encrypted, with a key that SQS manages", () => {
    const queues = resourcesOf(graph, "Queue").map(({ inputs }) => [
      inputs.sqsManagedSseEnabled,
      inputs.kmsMasterKeyId,
    ]);
    expect(queues).toEqual(Array(3).fill([true, undefined]));
  });

  test("every queue refuses what comes without TLS, and lets nobody else in", () => {
    const policies = resourcesOf(graph, "QueuePolicy").map(({ inputs }) => ({
      url: inputs.queueUrl,
      statements: JSON.parse(inputs.policy as string).statements,
    }));
    const expected = resourcesOf(graph, "Queue").map(({ inputs }) => ({
      url: `https://sqs.us-east-1.amazonaws.com/123456789012/${inputs.name}`,
      statements: [
        {
          effect: "Deny",
          principals: [{ type: "*", identifiers: ["*"] }],
          actions: ["sqs:*"],
          resources: [`arn:aws:sqs:us-east-1:123456789012:${inputs.name}`],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }));
    const byUrl = (all: typeof policies) => all.toSorted((a, b) => String(a.url).localeCompare(String(b.url)));
    expect(byUrl(policies)).toEqual(byUrl(expected));
  });

  test("a consumer gets one lote, and as many consumers run as are reserved, so that no lote is received for nothing", () => {
    const { batchSize, scalingConfig, functionResponseTypes } = subscription("LoteQueue");
    const { reservedConcurrentExecutions } = lambda("Consumer");
    expect({ batchSize, scalingConfig, functionResponseTypes }).toEqual({
      batchSize: 1,
      scalingConfig: { maximumConcurrency: reservedConcurrentExecutions },
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    expect(reservedConcurrentExecutions).toBe(2);
  });

  test("the collector gets up to 100 failures, gathered for 5 seconds, and is alone", () => {
    expect(subscription("DeadLetterQueue")).toMatchObject({
      batchSize: 100,
      maximumBatchingWindowInSeconds: 5,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 2 },
    });
    expect(lambda("Collector").reservedConcurrentExecutions).toBe(1);
  });

  test.each([
    ["LoteQueue", "consumer"],
    ["DeadLetterQueue", "collector"],
  ])("%s feeds the %s", (queueName, service) => {
    expect(subscription(queueName)).toMatchObject({
      eventSourceArn: `arn:aws:sqs:us-east-1:123456789012:${queue(queueName).name}`,
      functionName: `arn:aws:lambda:us-east-1:123456789012:function:lotes-${stage}-${service}`,
    });
  });
});

test("with KMS_KEY_ARN what travels between the functions is encrypted with that key, and what is only an event as before", () => {
  const keys = resourcesOf(stages.told, "Queue").map(({ name, inputs }) => [
    name,
    inputs.kmsMasterKeyId ?? inputs.sqsManagedSseEnabled,
  ]);
  expect(Object.fromEntries(keys)).toEqual({
    LoteQueueQueue: TOLD.KMS_KEY_ARN,
    DeadLetterQueueQueue: TOLD.KMS_KEY_ARN,
    ProducerFailuresQueue: true,
  });
});
