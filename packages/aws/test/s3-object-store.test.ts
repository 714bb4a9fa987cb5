import { S3ServiceException } from "@aws-sdk/client-s3";
import { ObjectChangedError, UncertainWriteError } from "@lotes/core";
import type { Fault } from "@lotes/local";
import type { ServicesOptions } from "@lotes/local/testing/services";
import { test as base } from "@lotes/local/testing/test";
import { describe, expect, onTestFinished } from "vitest";
import { S3ObjectStore } from "../src/index.ts";

const object = (body: string) => ({ body, contentType: "application/x-ndjson", metadata: { run: "9f2c" } });

const test = base.extend("startStore", ({ startServices, onTestFinished }) => async (options?: ServicesOptions) => {
  const { bucket, local } = await startServices(options);
  const store = new S3ObjectStore(bucket, { ...local.clientConfig, maxAttempts: 1 });
  onTestFinished(() => store.close());
  return store;
});

async function etagOf(store: S3ObjectStore, key: string): Promise<string> {
  return (await store.get(key))?.etag ?? expect.fail(`there is no ${key}`);
}

describe("an object that somebody else changed", () => {
  test("is told by its key, with S3's own error as the cause", async ({ startStore }) => {
    const store = await startStore();
    await store.putIf("key", undefined, object("first"));
    const old = await etagOf(store, "key");
    await store.putIf("key", old, object("second"));

    const errors = await Promise.all(
      [
        store.putIf("key", undefined, object("x")),
        store.putIf("key", old, object("x")),
        store.removeIf("key", old),
        store.stream("key", old),
      ].map((change: Promise<unknown>) => change.catch((error) => error)),
    );

    for (const error of errors) {
      expect(error).toBeInstanceOf(ObjectChangedError);
      expect(error).toMatchObject({ key: "key", cause: expect.any(S3ServiceException) });
      expect(error).toHaveProperty("cause.$metadata.httpStatusCode", 412);
    }
    expect((await store.get("key"))?.body).toBe("second");
  });

  test("is also one that is being changed at the same moment", async ({ startStore }) => {
    const conflict: Fault = {
      status: 409,
      code: "ConditionalRequestConflict",
      message: "The conditional request cannot succeed due to a conflicting operation against this resource.",
    };
    const store = await startStore({
      fault: ({ service }) => (service === "s3" ? conflict : undefined),
    });
    await expect(store.putIf("key", undefined, object("x"))).rejects.toThrow(ObjectChangedError);
    await expect(store.putIf("key", "0123", object("x"))).rejects.toThrow(ObjectChangedError);
    await expect(store.removeIf("key", "0123")).rejects.toThrow(ObjectChangedError);
  });

  test.for([
    [403, "AccessDenied"],
    [503, "SlowDown"],
  ] as const)("is not what a %i %s means", async ([status, code], { startStore }) => {
    const store = await startStore({
      fault: ({ service }) => (service === "s3" ? { status, code, message: "No" } : undefined),
    });
    const expected = { name: code, $metadata: { httpStatusCode: status } };
    await expect(store.get("key")).rejects.toMatchObject(expected);
    await expect(store.stream("key", "0123")).rejects.toMatchObject(expected);
    const undone = status < 500 ? expected : { name: "UncertainWriteError", cause: expected };
    await expect(store.putIf("key", undefined, object("x"))).rejects.toMatchObject(undone);
    await expect(store.removeIf("key", "0123")).rejects.toMatchObject(undone);
    await expect(Array.fromAsync(store.list(""))).rejects.toMatchObject(expected);
  });
});

describe("a conditional write or removal", () => {
  const writes = {
    put: (store: S3ObjectStore) => store.putIf("key", "0123", object("x")),
    remove: (store: S3ObjectStore) => store.removeIf("key", "0123"),
  };

  test.for(["put", "remove"] as const)(
    "is asked for once, and uncertain, when S3 fails at a %s",
    async (write, { startServices }) => {
      let calls = 0;
      const { bucket, local } = await startServices({
        fault: ({ service }) => {
          if (service !== "s3") return undefined;
          calls++;
          return { status: 503, code: "SlowDown", message: "No" };
        },
      });
      const store = new S3ObjectStore(bucket, local.clientConfig);
      onTestFinished(() => store.close());
      const error: unknown = await writes[write](store).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(UncertainWriteError);
      expect(error).toHaveProperty("cause.name", "SlowDown");
      expect(calls).toBe(1);
    },
  );

  test.for(["put", "remove"] as const)(
    "is uncertain when there is no S3 to answer a %s",
    async (write, { startServices }) => {
      const { bucket, local } = await startServices();
      const store = new S3ObjectStore(bucket, { ...local.clientConfig, endpoint: "http://127.0.0.1:1" });
      onTestFinished(() => store.close());
      await expect(writes[write](store)).rejects.toThrow(UncertainWriteError);
    },
  );
});

describe("a key with spaces, accents and signs", () => {
  test("is the same in every call", async ({ startStore }) => {
    const store = await startStore();
    const key = "Raw/Ação & Cia/50% + 1/#1?.json";
    await store.putIf(key, undefined, object("ação"));
    const etag = await etagOf(store, key);

    const modifiedAt = expect.any(Date);
    expect(await store.get(key)).toEqual({ body: "ação", etag, metadata: { run: "9f2c" }, modifiedAt });
    expect(await Array.fromAsync(store.list("Raw/Ação & Cia/"))).toEqual([{ key, etag, modifiedAt }]);
    const chunks = await Array.fromAsync(await store.stream(key, etag), (chunk) => Buffer.from(chunk));
    expect(Buffer.concat(chunks).toString()).toBe("ação");
    await store.removeIf(key, etag);
    expect(await store.get(key)).toBeUndefined();
  });
});

describe("the list", () => {
  test("holds the keys that begin with the prefix, each with the ETag to write it by", async ({ startStore }) => {
    const store = await startStore();
    for (const key of ["lote_2.json", "lote_1.json", "lote", "_run.json"])
      await store.putIf(key, undefined, object(key));

    const listed = await Array.fromAsync(store.list("lote_"));

    expect(listed.map(({ key }) => key)).toEqual(["lote_1.json", "lote_2.json"]);
    for (const { key, etag } of listed) await store.putIf(key, etag, object("new"));
    expect(await Array.fromAsync(store.list("none"))).toEqual([]);
  });
});

describe("a folder", () => {
  test("holds what lies directly under the prefix, with the time it was written", async ({ startStore }) => {
    const store = await startStore();
    const before = Date.now();
    for (const key of ["Raw/a.csv", "Raw/Local/b.csv", "Raw/Local/CSV/c.csv", "raw/d.csv"])
      await store.putIf(key, undefined, object(key));

    const { folders, objects } = await store.folder("Raw/");

    expect(folders).toEqual(["Raw/Local/"]);
    expect(objects.map(({ key }) => key)).toEqual(["Raw/a.csv"]);
    // S3 tells it to the second.
    expect(objects[0]?.modifiedAt.getTime()).toBeGreaterThan(before - 1_000);
    expect(await store.folder("")).toEqual({ folders: ["Raw/", "raw/"], objects: [] });
    expect(await store.folder("none/")).toEqual({ folders: [], objects: [] });
  });
});

describe("a stream", () => {
  test.for([0, 1, 9 * 1024 * 1024])(
    "of %i bytes is the object, and of no other version",
    async (size, { startStore }) => {
      const store = await startStore();
      const body = "tt0111161|1994\n".repeat(size / 15 + 1).slice(0, size);
      await store.putIf("key", undefined, object(body));
      const etag = await etagOf(store, "key");

      const chunks: Buffer[] = [];
      for await (const chunk of await store.stream("key", etag)) chunks.push(Buffer.from(chunk));

      expect(Buffer.concat(chunks).equals(Buffer.from(body))).toBe(true);
      await store.putIf("key", etag, object("new"));
      await expect(store.stream("key", etag)).rejects.toThrow(ObjectChangedError);
    },
  );
});
