import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { isOlder } from "@lotes/core/files/run-file";
import type { S3Event } from "aws-lambda";
import { describe, expect } from "vitest";
import { scripted } from "../support/scripted.ts";
import type { Services } from "../support/services.ts";
import { test } from "../support/test.ts";

const SOON = { timeout: 120_000, interval: 20 };
const KEY = "Raw/Local/CSV/Movies/2026/11/23/movies.csv";

const put = ({ s3, bucket: Bucket }: Services, Body: string, input: { Bucket?: string; Key?: string } = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body, ...input }));

const objectsOf = (events: S3Event[]) => events.flatMap(({ Records }) => Records.map(({ s3 }) => s3.object));
/** As S3's documentation has the reader of an event do it. */
const decoded = (key: string) => decodeURIComponent(key.replaceAll("+", " "));

describe("an event", () => {
  test("tells of an upload in parts as one object", async ({ startServices, startNotification }) => {
    const services = await startServices();
    const { function: invoked, events } = scripted<S3Event>(() => undefined);
    const notification = startNotification(services, invoked);
    const object = { Bucket: services.bucket, Key: KEY };
    const { UploadId } = await services.s3.send(new CreateMultipartUploadCommand(object));
    const parts = [Buffer.alloc(5 * 1024 * 1024, "a|b\n"), Buffer.from("c|d\n")].map(async (Body, index) => {
      const part = { ...object, UploadId, PartNumber: index + 1, Body };
      return { PartNumber: index + 1, ETag: (await services.s3.send(new UploadPartCommand(part))).ETag };
    });
    const MultipartUpload = { Parts: await Promise.all(parts) };
    const { ETag } = await services.s3.send(
      new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload }),
    );
    await expect.poll(() => events.length, SOON).toBe(1);
    await notification.stop();

    expect(events).toHaveLength(1);
    expect(events[0]?.Records).toHaveLength(1);
    expect(events[0]?.Records[0]?.eventName).toBe("ObjectCreated:CompleteMultipartUpload");
    expect(objectsOf(events)).toMatchObject([{ size: 5 * 1024 * 1024 + 4, eTag: ETag?.replaceAll('"', "") }]);
  });

  test("has a key that decodes to the object's, whatever it holds", async ({ startServices, startNotification }) => {
    const keys = ["a b", "São João", "1+1=2", "50%", "%2F", "a&b", "(a)!*'", "日本", "?#"].map(
      (folder) => `Raw/Local/CSV/Movies/${folder}/movies.csv`,
    );
    const services = await startServices();
    const { function: invoked, events } = scripted<S3Event>(() => undefined);
    startNotification(services, invoked);

    for (const Key of keys) await put(services, "content", { Key });

    await expect.poll(() => events.length, SOON).toBe(keys.length);
    const told = objectsOf(events).map(({ key }) => key);
    expect(told.map(decoded).sort()).toEqual(keys.sort());
    expect(told.every((key) => /^[\w.~!*'()%+/-]+$/.test(key) && !key.includes("%20"))).toBe(true);
  });

  test("of a later upload is the younger one, as S3's sequencers are compared", async ({
    startServices,
    startNotification,
  }) => {
    const services = await startServices();
    const { function: invoked, events } = scripted<S3Event>(() => undefined);
    startNotification(services, invoked);

    for (let size = 1; size <= 30; size++) await put(services, "x".repeat(size));

    await expect.poll(() => events.length, SOON).toBe(30);
    const [first, ...later] = objectsOf(events).sort((a, b) => a.size - b.size);
    later.reduce((earlier, object) => {
      expect(isOlder(earlier, object) && !isOlder(object, earlier)).toBe(true);
      return object;
    }, first ?? expect.fail());
  });
});

describe("the function is invoked", () => {
  test("for each object created under the prefix and suffix, by a copy too, and for nothing else", async ({
    startServices,
    startNotification,
  }) => {
    const services = await startServices();
    const { function: invoked, events } = scripted<S3Event>(() => undefined);
    const notification = startNotification(services, invoked);
    const { bucket: Bucket, s3 } = services;

    for (const Key of [
      "movies.csv",
      `x/${KEY}`,
      `${KEY}.gz`,
      KEY.replace("movies", "Movies"),
      KEY.replace("/m", "/my-m"),
    ])
      await put(services, "other", { Key });
    await put(services, "first");
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body: "refused", IfNoneMatch: "*" })),
    ).rejects.toThrow();
    const Key = KEY.replace("23", "24");
    await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${KEY}` }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: KEY }));
    await expect.poll(() => events.length, SOON).toBe(2);
    await notification.stop();

    // Each is an invocation of its own: neither waits for the other.
    expect(
      objectsOf(events)
        .map(({ key, size }) => [key, size])
        .sort(),
    ).toEqual([
      [KEY, "first".length],
      [Key, "first".length],
    ]);
  });

  test("for the objects of its own bucket", async ({ startServices, startNotification }) => {
    const services = await startServices();
    const { function: invoked, events } = scripted<S3Event>(() => undefined);
    const notification = startNotification(services, invoked);

    await services.s3.send(new CreateBucketCommand({ Bucket: "another-bucket" }));
    await put(services, "not of the data lake", { Bucket: "another-bucket" });
    await put(services, "content");
    await expect.poll(() => events.length, SOON).toBeGreaterThan(0);
    await notification.stop();

    expect(events.flatMap(({ Records }) => Records.map(({ s3 }) => s3.bucket.name))).toEqual([services.bucket]);
  });

  test("again with the same event when it failed, and no more once it succeeds", async ({
    startServices,
    startNotification,
  }) => {
    const services = await startServices();
    const { function: invoked, events } = scripted<S3Event>((_, invocation) => {
      if (invocation < 3) throw new Error(`failure ${invocation}`);
    });
    const told: string[] = [];
    const notification = startNotification(services, invoked, {
      retryDelaysMs: [10, 10, 10],
      onError: ({ message }) => told.push(message),
      onGivenUp: ({ message }) => told.push(`given up: ${message}`),
    });

    await put(services, "content");
    await expect.poll(() => events.length, SOON).toBe(3);
    await notification.stop();

    expect(events[1]).toEqual(events[0]);
    expect(events[2]).toEqual(events[0]);
    expect(told).toEqual(["Error: failure 1", "Error: failure 2"]);
  });
});

describe("stopping", () => {
  test("waits for the running invocation, and invokes for no later upload", async ({
    startServices,
    startNotification,
  }) => {
    const services = await startServices();
    const release = Promise.withResolvers<void>();
    const order: string[] = [];
    const { function: invoked, events } = scripted<S3Event>(async (_, invocation) => {
      await release.promise;
      order.push(`handled ${invocation}`);
    });
    const notification = startNotification(services, invoked, { onError: ({ message }) => order.push(message) });
    await put(services, "content");
    await expect.poll(() => events.length, SOON).toBe(1);

    const stopped = notification.stop().then(() => order.push("stopped"));
    await put(services, "too late");
    release.resolve();
    await stopped;

    // By then an invocation for the later upload would have been handled.
    await services.counts();
    expect(order).toEqual(["handled 1", "stopped"]);
  });
});
