import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect } from "vitest";
import type { Services } from "../support/services.ts";
import { test } from "../support/test.ts";

interface Condition {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string;
}

const put = ({ s3, bucket: Bucket }: Services, Key: string, Body: string, condition: Condition = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...condition }));

const remove = ({ s3, bucket: Bucket }: Services, Key: string, IfMatch: string | undefined) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));

/** "ok", or the error's name and status. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    ({ name, $metadata }: S3ServiceException) => `${name} ${$metadata.httpStatusCode}`,
  );

describe("a refused condition", () => {
  test("is the SDK's error that S3 gives, on a write and on a removal", async ({ startServices }) => {
    const services = await startServices();
    const { ETag: old } = await put(services, "key", "old");
    await put(services, "key", "new");

    expect(await outcome(put(services, "key", "x", { IfNoneMatch: "*" }))).toBe("PreconditionFailed 412");
    expect(await outcome(put(services, "key", "x", { IfMatch: old }))).toBe("PreconditionFailed 412");
    expect(await outcome(remove(services, "key", old))).toBe("PreconditionFailed 412");
    expect(await outcome(put(services, "none", "x", { IfMatch: old }))).toBe("NoSuchKey 404");
    expect(await outcome(remove(services, "none", old))).toBe("NoSuchKey 404");
    expect(await services.text("key")).toBe("new");
  });

  test("no longer stands when the object is gone", async ({ startServices }) => {
    const services = await startServices();
    const { ETag } = await put(services, "key", "first");
    await remove(services, "key", ETag);
    expect(await outcome(put(services, "key", "second", { IfMatch: ETag }))).toBe("NoSuchKey 404");
    expect(await outcome(put(services, "key", "second", { IfNoneMatch: "*" }))).toBe("ok");
  });

  test.for(["a b", "São João", "1+1=2", "50%", "%2F", "a&b<c>", "(a)!*'", "a//b", "?a#b", "日本", "a/./b", "a/../b"])(
    "is of the very key that is written: %s",
    async (key, { startServices }) => {
      const services = await startServices();

      const { ETag: etag } = await put(services, key, "first", { IfNoneMatch: "*" });
      expect(await outcome(put(services, key, "second", { IfNoneMatch: "*" }))).toBe("PreconditionFailed 412");
      expect(await outcome(put(services, key, "third", { IfMatch: etag }))).toBe("ok");
      expect(await outcome(remove(services, key, etag))).toBe("PreconditionFailed 412");
      expect(await services.keys()).toEqual([key]);
    },
  );
});

describe("of many that read the same object", () => {
  test("one writer or one remover wins, in each of five rounds", async ({ startServices }) => {
    const services = await startServices();
    for (let round = 0; round < 5; round++) {
      const { ETag } = await put(services, "key", `round ${round}`);
      const calls = Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0 ? put(services, "key", `${index}`, { IfMatch: ETag }) : remove(services, "key", ETag),
      );
      const outcomes = await Promise.all(calls.map(outcome));
      expect(outcomes.filter((each) => each === "ok")).toHaveLength(1);
      const winner = outcomes.indexOf("ok");
      expect(await services.text("key")).toBe(winner % 2 === 0 ? `${winner}` : undefined);
    }
  });

  test("the one whose body arrives later loses, though it began first", async ({ startServices }) => {
    const services = await startServices();
    const url = `${services.local.emulator.url}/${services.bucket}/key`;
    const slow = request(url, {
      method: "PUT",
      headers: { "if-none-match": "*", "content-length": 4, expect: "100-continue" },
    });
    slow.flushHeaders();
    // The server has read the headers.
    await once(slow, "continue");
    await put(services, "key", "fast", { IfNoneMatch: "*" });
    slow.end("slow");
    const [response] = (await once(slow, "response")) as [IncomingMessage];
    response.resume();

    expect(response.statusCode).toBe(412);
    expect(await services.text("key")).toBe("fast");
  });
});

describe("the completion of an upload in parts", () => {
  async function upload({ s3, bucket: Bucket }: Services, Key: string) {
    const object = { Bucket, Key };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
    const { ETag } = await s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: "part" }));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    return (condition: Condition) =>
      outcome(s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload, ...condition })));
  }

  test("writes over the object that was read, and over no other", async ({ startServices }) => {
    const services = await startServices();
    const { ETag: old } = await put(services, "key", "old");
    const complete = await upload(services, "key");
    const { ETag: current } = await put(services, "key", "current");

    expect(await complete({ IfMatch: old })).toBe("PreconditionFailed 412");
    expect(await services.text("key")).toBe("current");
    expect(await complete({ IfMatch: current })).toBe("ok");
    expect(await services.text("key")).toBe("part");
  });

  test("creates the object only where none is", async ({ startServices }) => {
    const services = await startServices();
    const [first, second] = [await upload(services, "key"), await upload(services, "key")];

    expect(await first({ IfMatch: '"of nothing"' })).toBe("NoSuchKey 404");
    expect(await first({ IfNoneMatch: "*" })).toBe("ok");
    expect(await second({ IfNoneMatch: "*" })).toBe("PreconditionFailed 412");
  });
});
