import { expect, test } from "vitest";
import { iamRequests } from "../src/roles/iam-calls.ts";

const names = { bucketArn: "arn:aws:s3:::lake", queueArn: (queue: string) => `arn:aws:sqs:::${queue}` };
const call = (method: string, url: string, headers: Record<string, string> = {}, body = "") =>
  iamRequests({ by: "consumer", method, url, headers, body: Buffer.from(body) }, names).map(
    ({ action, resource }) => `${action} ${resource}`,
  );

test("a call to S3 is an action on the bucket or on an object", () => {
  expect(call("GET", "/data-lake?list-type=2&prefix=Raw%2F")).toEqual(["s3:ListBucket arn:aws:s3:::lake"]);
  expect(call("GET", "/data-lake/?list-type=2")).toEqual(["s3:ListBucket arn:aws:s3:::lake"]);
  expect(call("HEAD", "/data-lake/Raw/a%20b.json")).toEqual(["s3:GetObject arn:aws:s3:::lake/Raw/a b.json"]);
  expect(call("GET", "/data-lake/a?versionId=1&x-id=GetObject")).toEqual(["s3:GetObjectVersion arn:aws:s3:::lake/a"]);
  expect(call("PUT", "/data-lake/a", { "if-none-match": "*" })).toEqual(["s3:PutObject arn:aws:s3:::lake/a"]);
});

test("one with a condition on an ETag needs the permission to read as well", () => {
  const read = "s3:GetObject arn:aws:s3:::lake/a";
  expect(call("PUT", "/data-lake/a", { "if-match": '"1"' })).toEqual(["s3:PutObject arn:aws:s3:::lake/a", read]);
  expect(call("DELETE", "/data-lake/a", { "if-match": '"1"' })).toEqual(["s3:DeleteObject arn:aws:s3:::lake/a", read]);
});

test("a batch to SQS needs what a single message needs", () => {
  const headers = { "x-amz-target": "AmazonSQS.SendMessageBatch" };
  const body = JSON.stringify({ QueueUrl: "http://127.0.0.1/000000000000/LoteQueue", Entries: [] });
  expect(call("POST", "/", headers, body)).toEqual(["sqs:SendMessage arn:aws:sqs:::LoteQueue"]);
});
