import { eventBridgeEvent } from "@lotes/local";
import { NotifyingS3 } from "@lotes/local/testing/notifying-s3";
import { afterEach, describe, expect, test, vi } from "vitest";
import { assertEventBridge, assertNoOtherNotifications } from "../existing-bucket.ts";
import { matchesPattern } from "./support/event-pattern.ts";
import { grantsOf } from "./support/policy.ts";
import { notifying, sharedLake } from "./support/s3-notifications.ts";
import { resourceOf, resourcesOf, type StackGraph } from "./support/stack-graph.ts";
import { evaluatedStages, TOLD } from "./support/stages.ts";

afterEach(() => vi.unstubAllEnvs());

/** An S3 that the environment leads to. */
async function s3Answering(status: number, body: string): Promise<NotifyingS3> {
  const s3 = await NotifyingS3.start(body, status);
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  return s3;
}

/** What a deployment has of S3, but for the code of its functions. */
function ofS3({ resources }: StackGraph): string[] {
  const found = resources.filter(({ type, inputs }) => type.startsWith("aws:s3/") && inputs.bucket !== "asset-bucket");
  return found.map(({ type }) => type).sort();
}

test("an existing bucket stays as it is, and only gets the notification", async () => {
  const graph = (await evaluatedStages()).lake;
  // The bucket is looked up, not created: Pulumi reports both alike, one without inputs.
  expect(ofS3(graph)).toEqual(["aws:s3/bucket:Bucket", "aws:s3/bucketNotification:BucketNotification"]);
  // To remove it is to write an empty configuration: what somebody else has added meanwhile would be gone.
  expect(graph.retained.filter((name) => name.startsWith("DataLake"))).toEqual(["DataLakeNotificationsNotification"]);
  expect(resourceOf(graph, "Bucket")).toEqual({});
  expect(graph.handlers.map(({ links }) => links.DataLake)).toEqual(
    Array(3).fill(expect.objectContaining({ name: expect.any(String) })),
  );
});

test("an existing bucket is taken when it notifies nobody, or this stage", async () => {
  for (const functions of [[], ["lotes-prod-producer"]]) {
    await using _ = await s3Answering(200, notifying(...functions));
    await assertNoOtherNotifications("the-lake", "lotes-prod-producer");
  }
});

test("an existing bucket is refused when it notifies somebody else, who would be cut off", async () => {
  await using _ = await s3Answering(200, notifying("lotes-prod-producer", "thumbnails"));
  await expect(assertNoOtherNotifications("the-lake", "lotes-prod-producer")).rejects.toThrow(
    /^the-lake has notifications of its own \(to arn:aws:lambda:us-east-1:123456789012:function:thumbnails\), .* Deploy with TRIGGER=eventbridge, [^\n]+$/,
  );
});

test("an existing bucket is refused when it notifies another stage", async () => {
  await using _ = await s3Answering(200, notifying("lotes-dev-producer"));
  await expect(assertNoOtherNotifications("the-lake", "lotes-prod-producer")).rejects.toThrow(
    /has notifications of its own/,
  );
});

test("an existing bucket is refused with one clear line when it can't be looked at", async () => {
  await using _ = await s3Answering(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
  await expect(assertNoOtherNotifications("the-lake", "lotes-prod-producer")).rejects.toThrow(
    /the notifications of the-lake can't be read \(Access Denied\): .* s3:GetBucketNotification/,
  );
});

describe("with TRIGGER=eventbridge, an existing bucket", async () => {
  const graph = (await evaluatedStages()).shared;

  test("with three notifications of others keeps them: the deployment has nothing of S3 but the look at the bucket", () => {
    expect(ofS3(graph)).toEqual(["aws:s3/bucket:Bucket"]);
    expect(resourceOf(graph, "Bucket")).toEqual({});
    // What an earlier deployment has set up there is for its owner to remove.
    expect(graph.outputs.advice).toMatch(
      /^the-lake still notifies lotes-prod-producer, [^\n]+ remove that notification/,
    );
  });

  const { eventPattern, name: ruleName } = resourceOf(graph, "EventRule") as { eventPattern: string; name: string };
  const key = "Raw/Local/CSV/Movies/2026/11/23/movies.csv";
  const created = (changed: object = {}) =>
    eventBridgeEvent({ bucket: "the-lake", key, etag: "abc", size: 1, ...changed }, "0067A3FA6A303C91A8");
  const matches = (event: object) => matchesPattern(JSON.parse(eventPattern), event);

  test("has a rule for each new movies.csv, however it was written", () => {
    expect(matches(created())).toBe(true);
    expect(matches(created({ etag: "abc-21" }))).toBe(true);
    const { detail } = created();
    for (const reason of ["PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload"])
      expect(matches({ ...created(), detail: { ...detail, reason } })).toBe(true);
    // As the notification's filter has it, so that the producer's log tells of a key that misses the pattern.
    expect(matches(created({ key: "Raw/Local/CSV/Movies/2026/1/5 copy/movies.csv" }))).toBe(true);
  });

  test.each([
    ["another object of the folder", created({ key: "Raw/Local/CSV/Movies/2026/11/23/other.csv" })],
    ["a name that only ends so", created({ key: "Raw/Local/CSV/Movies/2026/11/23/my-movies.csv" })],
    ["a name that goes on", created({ key: `${key}.gz` })],
    ["an object of another folder", created({ key: `x/${key}` })],
    ["what the pipeline writes", created({ key: "Raw/TMDB/JSON/Movies/2026/11/23/lote_1.json" })],
    ["the key as in a URL", created({ key: key.replaceAll("/", "%2F") })],
    ["another bucket", created({ bucket: "another-lake" })],
    ["another bucket whose name begins so", created({ bucket: "the-lake-2" })],
    ["a removed object", { ...created(), "detail-type": "Object Deleted" }],
    ["new tags", { ...created(), "detail-type": "Object Tags Added" }],
    ["somebody else's event", { ...created(), source: "my.app" }],
    ["no object", { ...created(), detail: {} }],
  ])("has no rule for %s", (_, event) => {
    expect(matches(event)).toBe(false);
  });

  test("has a rule that may call the producer, and nothing else", () => {
    const arn = `arn:aws:events:us-east-1:123456789012:rule/${ruleName}`;
    expect(ruleName).toBe("lotes-prod-uploads");
    expect(resourcesOf(graph, "Permission").map(({ inputs }) => inputs)).toEqual([
      {
        action: "lambda:InvokeFunction",
        function: "lotes-prod-producer",
        principal: "events.amazonaws.com",
        sourceArn: arn,
      },
    ]);
    const failures = `arn:aws:sqs:us-east-1:123456789012:${resourceOf(graph, "Queue", "ProducerFailures").name}`;
    expect(resourceOf(graph, "EventTarget")).toEqual({
      rule: ruleName,
      arn: "arn:aws:lambda:us-east-1:123456789012:function:lotes-prod-producer",
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      // Where Lambda also puts what the producer has failed at three times.
      deadLetterConfig: { arn: failures },
    });
    expect(resourceOf(graph, "FunctionEventInvokeConfig")).toMatchObject({
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: failures } },
    });
    const { statements } = JSON.parse(resourceOf(graph, "QueuePolicy", "ProducerFailures").policy as string);
    expect(statements.filter(({ effect }: { effect: string }) => effect === "Allow")).toEqual([
      {
        effect: "Allow",
        principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
        actions: ["sqs:SendMessage"],
        resources: [failures],
        conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [arn] }],
      },
    ]);
  });

  test("is read and written under its key by the three functions, whose roles are bounded", () => {
    for (const component of ["Producer", "Consumer", "Collector"]) {
      const ofKms = grantsOf(graph, component).filter(({ action }) => action.startsWith("kms:"));
      expect(ofKms).toEqual(
        ["kms:Decrypt", "kms:GenerateDataKey"].map((action) => ({ action, resource: TOLD.KMS_KEY_ARN })),
      );
      expect(resourceOf(graph, "Role", component).permissionsBoundary).toBe(TOLD.PERMISSIONS_BOUNDARY);
    }
  });

  test("is refused while it sends nothing to EventBridge, with the command that changes that", async () => {
    await using _ = await s3Answering(200, notifying("thumbnails"));
    await expect(assertEventBridge("the-lake", "lotes-prod-producer")).rejects.toThrow(
      /^the-lake does not send its events to EventBridge, [^\n]+ `\.\/lotes eventbridge the-lake`, [^\n]+$/,
    );
  });

  test("that an earlier deployment has a notification in is taken, and this is known", async () => {
    for (const functions of [[], ["lotes-dev-producer"], ["lotes-prod-producer"]]) {
      await using _ = await s3Answering(200, sharedLake(...functions));
      const isLeft = await assertEventBridge("the-lake", "lotes-prod-producer");
      expect(isLeft).toBe(functions.includes("lotes-prod-producer"));
    }
  });

  test("is refused with one clear line when it can't be looked at", async () => {
    await using _ = await s3Answering(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
    await expect(assertEventBridge("the-lake", "lotes-prod-producer")).rejects.toThrow(/s3:GetBucketNotification/);
  });
});
