import { S3Client, type S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";
import { ObjectChangedError } from "@lotes/core";
import { DEPLOYED_TIMING, LocalServices } from "@lotes/local";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { S3ObjectStore } from "../src/index.ts";

let services: LocalServices;
let store: S3ObjectStore;
beforeAll(async () => {
  services = await LocalServices.start(DEPLOYED_TIMING, { port: 0 });
  store = new S3ObjectStore(services.bucket, services.clientConfig);
});
afterAll(async () => {
  store.close();
  await services.stop();
});

/** Makes clients that get so many keys of a list at a time, where S3 sends a thousand. */
function withPagesOf(keys: number) {
  return (config: S3ClientConfig) => {
    const client = new S3Client(config);
    client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, MaxKeys: keys } }), {
      step: "initialize",
    });
    return client;
  };
}

/** Makes clients whose every call S3 refuses. */
function refusingWith(name: string) {
  return (config: S3ClientConfig) => {
    const client = new S3Client(config);
    const refuse = async () => {
      throw new S3ServiceException({ name, $fault: "client", $metadata: {} });
    };
    client.middlewareStack.add(() => refuse, { step: "initialize" });
    return client;
  };
}

const object = (body: string) => ({ body, contentType: "text/plain", metadata: { run: "r" } });

describe("the object store", () => {
  test("reads what it wrote, with its metadata", async () => {
    await store.putIf("read/a b.json", undefined, object("çã"));
    expect(await store.get("read/a b.json")).toEqual({
      body: "çã",
      metadata: { run: "r" },
      etag: expect.stringMatching(/^\w+$/),
      modifiedAt: expect.any(Date),
    });
    expect(await store.get("read/nothing")).toBeUndefined();
  });

  test("writes pieces as one object", async () => {
    const pieces = ["ação\n", "", "b".repeat(200_000), "🎬\n"];
    await store.putIf("pieces", undefined, { ...object(""), body: pieces });
    const { body, etag = "" } = (await store.get("pieces")) ?? {};
    expect(body).toBe(pieces.join(""));
    await store.putIf("pieces", etag, { ...object(""), body: pieces.slice(1) });
    await expect(store.putIf("pieces", etag, { ...object(""), body: pieces })).rejects.toThrow(ObjectChangedError);
    expect((await store.get("pieces"))?.body).toBe(pieces.slice(1).join(""));
  });

  test("takes an earlier version that is not there for no object, or a store without versions for what is there", async () => {
    await store.putIf("versions", undefined, object("1"));
    expect([undefined, "1"]).toContain((await store.get("versions", "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"))?.body);
  });

  test.each([
    ["that S3 never gave", "InvalidArgument"],
    ["that is gone", "NoSuchVersion"],
    ["that marks a removal", "MethodNotAllowed"],
    ["that was moved to an archive", "InvalidObjectState"],
  ])("takes a version %s for no object, and the same error of the latest one for an error", async (_, name) => {
    const refusing = new S3ObjectStore(services.bucket, services.clientConfig, refusingWith(name));
    onTestFinished(() => refusing.close());
    expect(await refusing.get("versions", "x")).toBeUndefined();
    await expect(refusing.get("versions")).rejects.toHaveProperty("name", name);
  });

  test("writes and removes only what is still as it was read", async () => {
    const key = "conditional";
    await store.putIf(key, undefined, object("1"));
    await expect(store.putIf(key, undefined, object("2"))).rejects.toThrow(ObjectChangedError);
    const { etag = "" } = (await store.get(key)) ?? {};
    await store.putIf(key, etag, object("2"));
    await expect(store.putIf(key, etag, object("3"))).rejects.toThrow(ObjectChangedError);
    await expect(store.removeIf(key, etag)).rejects.toThrow(ObjectChangedError);
    await store.removeIf(key, (await store.get(key))?.etag ?? "");
    await expect(store.putIf(key, etag, object("3"))).rejects.toThrow(ObjectChangedError);
    // Somebody else has removed it: what was wanted.
    await store.removeIf(key, etag);
  });

  test("lists every object under a prefix, beyond one page of S3's", async () => {
    const keys = Array.from({ length: 5 }, (_, index) => `many/${index}`);
    await Promise.all(keys.map((key) => store.putIf(key, undefined, object(key))));
    const paged = new S3ObjectStore(services.bucket, services.clientConfig, withPagesOf(2));
    onTestFinished(() => paged.close());
    const listed: string[] = [];
    for await (const { key } of paged.list("many/")) listed.push(key);
    expect(listed).toEqual(keys);
  });

  test("streams the version it was told of, and no other", async () => {
    await store.putIf("streamed", undefined, object("first"));
    const { etag = "" } = (await store.get("streamed")) ?? {};
    const chunks = await Array.fromAsync(await store.stream("streamed", etag), (chunk) => Buffer.from(chunk));
    expect(Buffer.concat(chunks).toString()).toBe("first");

    await store.putIf("streamed", etag, object("second"));
    await expect(store.stream("streamed", etag)).rejects.toThrow(ObjectChangedError);
    await expect(store.stream("gone", etag)).rejects.toThrow(ObjectChangedError);
  });

  test("passes on what else goes wrong, with S3's own error", async () => {
    const elsewhere = new S3ObjectStore("no-such-bucket", services.clientConfig);
    onTestFinished(() => elsewhere.close());
    await expect(elsewhere.stream("key", "etag")).rejects.toMatchObject({ name: "NoSuchBucket" });
    await expect(elsewhere.removeIf("key", "etag")).rejects.toMatchObject({ name: "NoSuchBucket" });
  });
});
