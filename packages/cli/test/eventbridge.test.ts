import { NotifyingS3, THREE_OTHERS } from "@lotes/local/testing/notifying-s3";
import { afterEach, expect, test, vi } from "vitest";
import { lotesHere } from "./support/in-process.ts";

afterEach(() => vi.unstubAllEnvs());

test("lotes eventbridge says what it did, once and again", async () => {
  await using s3 = await NotifyingS3.start();
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  const stayed =
    "Its 3 notifications stayed as before: arn:aws:lambda:us-east-1:123456789012:function:thumbnails, arn:aws:sqs:us-east-1:123456789012:audit, arn:aws:sns:us-east-1:123456789012:uploads.\n";
  expect(await lotesHere("eventbridge", "the-lake")).toEqual({
    code: 0,
    stdout: `the-lake now sends its events to EventBridge. ${stayed}`,
    stderr: "",
  });
  expect((await lotesHere("eventbridge", "the-lake")).stdout).toBe(
    `the-lake already sent its events to EventBridge. ${stayed}`,
  );
});

test("lotes eventbridge fails with one line when somebody else changes the notifications meanwhile", async () => {
  await using s3 = await NotifyingS3.start();
  s3.after = (_, nth) => {
    if (nth === 1) s3.configuration = THREE_OTHERS.replaceAll("thumbnails", "pictures");
  };
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  const { code, stdout, stderr } = await lotesHere("eventbridge", "the-lake");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^[^\n]*nothing was written\. Try again\n$/);
});

test("lotes eventbridge takes the name of a bucket", async () => {
  const { code, stderr } = await lotesHere("eventbridge", "s3://the-lake");
  expect(code).toBe(2);
  expect(stderr).toContain("It must be the name of an S3 bucket, without s3://.");
});
