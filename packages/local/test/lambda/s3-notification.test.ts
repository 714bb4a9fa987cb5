import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Event, S3EventRecord } from "aws-lambda";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEPLOYED_TIMING, LocalServices } from "../../src/index.ts";
import { S3Notification } from "../../src/lambda/s3-notification.ts";
import { scripted } from "../support/scripted.ts";

const SOON = { timeout: 120_000, interval: 20 };

let services: LocalServices;
let s3: S3Client;
let notification: S3Notification | undefined;
let records: S3EventRecord[];
let errors: string[];
let givenUp: string[];
beforeEach(async () => {
  services = await LocalServices.start(DEPLOYED_TIMING, { port: 0 });
  s3 = new S3Client(services.clientConfig);
  records = [];
  errors = [];
  givenUp = [];
});
afterEach(async () => {
  await notification?.stop();
  s3.destroy();
  await services.stop();
});

function notify(retryDelaysMs: readonly number[] = []): void {
  const upload = scripted<S3Event>(({ Records }) => {
    records.push(...Records);
    if (Records.some(({ s3 }) => s3.object.key.includes("/fail/"))) throw new Error("told to");
  });
  notification = new S3Notification(services.emulator, upload.function, {
    retryDelaysMs,
    onError: ({ message }) => errors.push(message),
    onGivenUp: ({ message }) => givenUp.push(message),
  });
}

const put = (Key: string, Body = "content") => s3.send(new PutObjectCommand({ Bucket: services.bucket, Key, Body }));

test("an upload under the input's prefix and suffix is told of with what S3 tells of it", async () => {
  notify();
  await put("Raw/Local/CSV/Movies/2026/11/23/other.csv");
  await put("Raw/TMDB/JSON/Movies/2026/11/23/movies.csv");
  const { ETag } = await put("Raw/Local/CSV/Movies/2026/11/23/a ç/movies.csv");
  await expect.poll(() => records.length, SOON).toBe(1);
  expect(records[0]).toMatchObject({
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    s3: {
      bucket: { name: services.bucket },
      object: {
        key: "Raw/Local/CSV/Movies/2026/11/23/a+%C3%A7/movies.csv",
        size: "content".length,
        eTag: ETag?.replaceAll('"', ""),
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
      },
    },
  });
});

test("a function that fails is invoked again after each delay, and then given up once", async () => {
  notify([10, 20]);
  await put("Raw/Local/CSV/Movies/2026/11/23/fail/movies.csv");
  await expect.poll(() => givenUp, SOON).toEqual(["Error: told to"]);
  expect(errors).toHaveLength(3);
  expect(records).toHaveLength(3);
  expect(new Set(records.map(({ s3: { object } }) => object.sequencer)).size).toBe(1);
});

test("stopping does not wait for the next try", async () => {
  notify([3_600_000]);
  await put("Raw/Local/CSV/Movies/2026/11/23/fail/movies.csv");
  await expect.poll(() => errors, SOON).toHaveLength(1);
  await notification?.stop();
  expect(givenUp).toEqual([]);
});
