import { afterEach, expect, test, vi } from "vitest";
import { assertNoOtherNotifications } from "../existing-bucket.ts";
import { notifying, S3Notifications } from "./support/s3-notifications.ts";
import { resourceOf } from "./support/stack-graph.ts";
import { evaluatedStages } from "./support/stages.ts";

afterEach(() => vi.unstubAllEnvs());

/** An S3 that the environment leads to. */
async function s3Answering(status: number, body: string): Promise<S3Notifications> {
  const s3 = await S3Notifications.answering(status, body);
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  return s3;
}

test("an existing bucket stays as it is, and only gets the notification", async () => {
  const graph = (await evaluatedStages()).lake;
  const ofS3 = graph.resources.filter(
    ({ type, inputs }) => type.startsWith("aws:s3/") && inputs.bucket !== "asset-bucket",
  );
  // The bucket is looked up, not created: Pulumi reports both alike, one without inputs.
  expect(ofS3.map(({ type }) => type).sort()).toEqual([
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketNotification:BucketNotification",
  ]);
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
    /the-lake has notifications of its own \(to arn:aws:lambda:us-east-1:123456789012:function:thumbnails\)/,
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
