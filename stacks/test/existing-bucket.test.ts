import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { assertNoOtherNotifications } from "../existing-bucket.ts";
import { evaluateStack, resourceOf } from "./support/stack-graph.ts";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

/** S3 as far as a deployment asks it, which is for a bucket's notifications; and the environment that leads there. */
async function s3Answering(status: number, body: string): Promise<Record<string, string>> {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const env = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return env;
}

function notifying(...functions: string[]): string {
  const each = functions.map(
    (name) =>
      `<CloudFunctionConfiguration><Id>${name}</Id><CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:${name}</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration>`,
  );
  return `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${each.join("")}</NotificationConfiguration>`;
}

test("an existing bucket stays as it is, and only gets the notification", async () => {
  const env = await s3Answering(200, notifying());
  const graph = await evaluateStack("prod", { ...env, DATA_LAKE_BUCKET: "the-lake" });
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
  await s3Answering(200, notifying());
  await assertNoOtherNotifications("the-lake", "lotes-prod-producer");
  await s3Answering(200, notifying("lotes-prod-producer"));
  await assertNoOtherNotifications("the-lake", "lotes-prod-producer");
});

test("an existing bucket is refused when it notifies somebody else, who would be cut off", async () => {
  await s3Answering(200, notifying("lotes-prod-producer", "thumbnails"));
  await expect(assertNoOtherNotifications("the-lake", "lotes-prod-producer")).rejects.toThrow(
    /the-lake has notifications of its own \(to arn:aws:lambda:us-east-1:123456789012:function:thumbnails\)/,
  );
});

test("an existing bucket is refused when it notifies another stage", async () => {
  await s3Answering(200, notifying("lotes-dev-producer"));
  await expect(assertNoOtherNotifications("the-lake", "lotes-prod-producer")).rejects.toThrow(
    /has notifications of its own/,
  );
});

test("an existing bucket is refused with one clear line when it can't be looked at", async () => {
  await s3Answering(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
  await expect(assertNoOtherNotifications("the-lake", "lotes-prod-producer")).rejects.toThrow(
    /the notifications of the-lake can't be read \(Access Denied\): .* s3:GetBucketNotification/,
  );
});
