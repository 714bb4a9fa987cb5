import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { ObjectChangedError } from "@lotes/core";
import { type OneObjectOptions, OneObjectS3 } from "@lotes/local";
import { clientConfigFor } from "@lotes/local/client-config";
import { afterEach, describe, expect, test } from "vitest";
import { S3ObjectStore } from "../src/index.ts";
import { BLOCKS_AHEAD, parallelRanges, RANGES_AT_ONCE, type ReadRange } from "../src/parallel-ranges.ts";

const ETAG = "0123456789abcdef";
/** With the ranges of S3ObjectStore's default each test would move 70 MB. */
const RANGE_BYTES = 64 * 1024;
/** More ranges than are read at once, the last one shorter. */
const RANGES = RANGES_AT_ONCE + 3;
const bytes = Buffer.alloc(RANGE_BYTES * (RANGES - 1) + 12_345);
for (let at = 0; at + 4 <= bytes.length; at += 4096) bytes.writeUInt32LE(at, at);

function uint32(value: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(value);
  return word;
}

const running: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

async function serving(options: Partial<OneObjectOptions> = {}): Promise<{ s3: OneObjectS3; store: S3ObjectStore }> {
  const s3 = await OneObjectS3.start({ bytes, etag: ETAG, ...options });
  running.push(s3);
  const config = { ...clientConfigFor(s3.url), forcePathStyle: true };
  const store = new S3ObjectStore("data-lake", config, undefined, RANGE_BYTES);
  running.push({ stop: () => store.close() });
  return { s3, store };
}

/** The object as it was read, each chunk copied before the next is asked for. */
async function readWhole(store: S3ObjectStore): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.stream("movies.csv", ETAG)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Of the whole object, as a store has it that was given one with the upload. */
const CHECKSUMS = {
  "x-amz-checksum-crc32": uint32(crc32(bytes)).toString("base64"),
  "x-amz-checksum-sha256": createHash("sha256").update(bytes).digest("base64"),
};

describe("an object of many ranges", () => {
  test.each(Object.entries(CHECKSUMS))(
    "is read from a store that sends the whole object's checksum with each of them (%s)",
    async (name, value) => {
      const { store } = await serving({ checksums: { [name]: value } });
      expect((await readWhole(store)).equals(bytes)).toBe(true);
    },
  );

  test("is read in order, each range once, and some of them at the same time", async () => {
    const { s3, store } = await serving();
    expect((await readWhole(store)).equals(bytes)).toBe(true);
    expect(s3.ranges.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RANGES }, (_, n) => n * RANGE_BYTES));
    expect(s3.mostAtOnce).toBeGreaterThan(1);
    expect(s3.mostAtOnce).toBeLessThanOrEqual(RANGES_AT_ONCE);
  });

  test("is not read further ahead than its memory holds while nobody takes the bytes", async () => {
    const { s3, store } = await serving();
    const chunks = (await store.stream("movies.csv", ETAG))[Symbol.asyncIterator]();
    await chunks.next();
    await expect.poll(() => s3.ranges.length).toBe(RANGES_AT_ONCE);
    await chunks.next();
    await expect.poll(() => s3.ranges.length).toBe(RANGES_AT_ONCE + 1);
    await chunks.return?.();
  });

  test("is not read on once nobody wants more", async () => {
    const { s3, store } = await serving({ bytesPerSecond: 90_000_000 });
    for await (const _ of await store.stream("movies.csv", ETAG)) break;
    const asked = s3.ranges.length;
    await s3.stop();
    expect(s3.ranges.length).toBe(asked);
    expect(asked).toBeLessThanOrEqual(RANGES_AT_ONCE);
  });

  test("that is changed after it was begun is an ObjectChangedError, and no mixture", async () => {
    const { s3, store } = await serving();
    const chunks = (await store.stream("movies.csv", ETAG))[Symbol.asyncIterator]();
    await chunks.next();
    s3.etag = "another";
    const rest = async () => {
      for (let next = await chunks.next(); !next.done; next = await chunks.next());
    };
    await expect(rest()).rejects.toThrow(ObjectChangedError);
  });
});

describe("a range", () => {
  const MIB = 1024 * 1024;
  const read: ReadRange = () => Promise.reject(new Error("nobody expected it"));

  test("is handed on in blocks, each as soon as it is there, in memory that is used again", async () => {
    const taken = Promise.withResolvers<void>();
    async function* body() {
      yield Buffer.alloc(1.5 * MIB, 1);
      // The rest comes only once the first block was taken.
      await taken.promise;
      for (let n = 0; n < 13; n++) yield Buffer.alloc(MIB / 2, 2);
    }
    const memory = new Set<ArrayBufferLike>();
    let bytes = 0;
    for await (const block of parallelRanges({ size: 8 * MIB, body: body() }, read, 8 * MIB)) {
      bytes += block.length;
      memory.add(block.buffer);
      taken.resolve();
    }
    expect(bytes).toBe(8 * MIB);
    expect(memory.size).toBeLessThan(8);
  });

  test("is read as far ahead of a slow reader as there are blocks for it, and its memory is given back at the end", async () => {
    let sent = 0;
    async function* body() {
      for (; sent < 8 * MIB; sent += MIB / 2) yield Buffer.alloc(MIB / 2);
    }
    const ahead: number[] = [];
    const memory = new Set<ArrayBufferLike>();
    let taken = 0;
    for await (const block of parallelRanges({ size: 8 * MIB, body: body() }, read, 8 * MIB)) {
      // All that can be done without the reader is done by then.
      await setImmediate();
      ahead.push((sent - taken) / MIB);
      taken += block.length;
      memory.add(block.buffer);
    }
    expect(taken).toBe(8 * MIB);
    expect(Math.max(...ahead)).toBe(BLOCKS_AHEAD);
    expect([...memory].map(({ byteLength }) => byteLength)).toEqual([...memory].map(() => 0));
  });
});

describe("a range of which S3 sends", () => {
  const read: ReadRange = async () => ({ size: 4, body: bodyOf("more than four bytes") });

  async function* bodyOf(...chunks: readonly string[]) {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }

  test.each([
    ["in one piece", ["12345"]],
    ["in a piece of its own", ["1234", "5"]],
  ])("more than was asked for, %s, is an error", async (_, chunks) => {
    const all = Array.fromAsync(parallelRanges({ size: 4, body: bodyOf(...chunks) }, read, 4));
    await expect(all).rejects.toMatchObject({ cause: { message: "S3 sent more than the range" } });
  });

  test("all, and then breaks the connection, is whole", async () => {
    async function* body() {
      yield Buffer.from("1234");
      throw new Error("reset");
    }
    const blocks = await Array.fromAsync(parallelRanges({ size: 4, body: body() }, read, 4), String);
    expect(blocks).toEqual(["1234"]);
  });
});

describe("a range that breaks off", () => {
  test("is asked for again from there on, and nothing is lost or doubled", async () => {
    const cut = new Set([0, 3 * RANGE_BYTES, (RANGES - 2) * RANGE_BYTES]);
    const { s3, store } = await serving({ cutAfter: (first) => (cut.delete(first) ? RANGE_BYTES / 4 : undefined) });
    expect((await readWhole(store)).equals(bytes)).toBe(true);
    expect(s3.ranges.length).toBe(RANGES + 3);
    // It is read on from where it broke off.
    expect(s3.ranges.filter((first) => first % RANGE_BYTES > 0)).toHaveLength(3);
  });

  test("every time is an error that says so, with its cause", async () => {
    const { store } = await serving({
      cutAfter: (first) => (Math.floor(first / RANGE_BYTES) === 1 ? RANGE_BYTES / 8 : undefined),
    });
    await expect(readWhole(store)).rejects.toMatchObject({ name: "BrokenRangeError", cause: expect.any(Error) });
  });
});

test.each([0, 1, RANGE_BYTES, RANGE_BYTES + 1])("an object of %i bytes is read whole", async (size) => {
  const { store } = await serving({ bytes: bytes.subarray(0, size) });
  expect((await readWhole(store)).equals(bytes.subarray(0, size))).toBe(true);
});
