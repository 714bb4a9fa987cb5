import { randomBytes } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Behaviour } from "./behaviour.ts";
import { outcomeOf, refusalIn, unless } from "./outcome.ts";
import { etagOf, objectOf, type S3Subject, written } from "./s3-subject.ts";

const GET = "S3 API Reference, GetObject";
const CHECKSUMS = "S3 User Guide, Checking object integrity";
const OTHER_ETAG = "00000000000000000000000000000000";
// S3 takes no smaller part but the last.
const PART_BYTES = 5 * 1024 * 1024;

async function read(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

export const S3_READING: readonly Behaviour<S3Subject>[] = [
  {
    what: "A range of an object, pinned to its ETag",
    aws: "206, bytes 2-4/6, cde",
    source: GET,
    observe: async ({ store, s3, bucket }) => {
      const etag = await written(store, "range/same", "abcdef");
      const { Body, ContentRange, $metadata } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: "range/same", IfMatch: `"${etag}"`, Range: "bytes=2-4" }),
      );
      return `${$metadata.httpStatusCode}, ${ContentRange}, ${await Body?.transformToString()}`;
    },
  },
  {
    what: "A stream in ranges that go beyond the object's end",
    aws: "abcdef",
    source: GET,
    observe: async ({ store }) => read(await store.stream("range/end", await written(store, "range/end", "abcdef"))),
  },
  {
    what: "A range of an object that has another ETag by now",
    aws: "changed: 412 PreconditionFailed",
    source: GET,
    observe: async ({ store }) => {
      await written(store, "range/other", "abcdef");
      return outcomeOf(store.stream("range/other", OTHER_ETAG), "read");
    },
  },
  {
    what: "A range of an object that is gone",
    aws: "changed: 404 NoSuchKey",
    source: GET,
    observe: ({ store }) => outcomeOf(store.stream("range/none", OTHER_ETAG), "read"),
  },
  {
    what: "A range of an object without bytes, by a plain client",
    aws: "416 InvalidRange",
    source: GET,
    observe: async ({ store, s3, bucket }) => {
      await written(store, "range/empty", "");
      return outcomeOf(
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: "range/empty", Range: "bytes=0-9" })),
        "read",
      );
    },
  },
  {
    what: "A range by a client that compares checksums, of an object with CRC32",
    aws: "abc",
    source: CHECKSUMS,
    observe: async ({ store, s3, bucket }) => {
      await written(store, "range/checksum", "abcdef");
      try {
        const { Body } = await s3.send(
          new GetObjectCommand({ Bucket: bucket, Key: "range/checksum", Range: "bytes=0-2", ChecksumMode: "ENABLED" }),
        );
        return (await Body?.transformToString()) ?? "";
      } catch (error) {
        return refusalIn(error);
      }
    },
  },
  {
    what: "A write whose checksum is not that of its bytes",
    aws: "400 BadDigest",
    source: CHECKSUMS,
    observe: ({ s3, bucket }) =>
      outcomeOf(
        s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: "checksum/wrong", Body: "abc", ChecksumCRC32: "AAAAAA==" }),
        ),
        "written",
      ),
  },
  {
    what: "An object of two parts, uploaded in parts, in ranges by its ETag",
    aws: "ETag ends in -2, all bytes",
    source: "S3 API Reference, CompleteMultipartUpload",
    observe: async ({ s3, bucket, store }) => {
      const at = { Bucket: bucket, Key: "parts/two" };
      const bytes = randomBytes(PART_BYTES + 1);
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
      const Parts = [];
      for (const [index, Body] of [bytes.subarray(0, PART_BYTES), bytes.subarray(PART_BYTES)].entries()) {
        const part = { PartNumber: index + 1, UploadId };
        const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...at, ...part, Body }));
        Parts.push({ PartNumber: part.PartNumber, ETag, ChecksumCRC32 });
      }
      await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
      const etag = await etagOf(store, at.Key);
      const chunks = await Array.fromAsync(await store.stream(at.Key, etag), (chunk) => Buffer.from(chunk));
      return unless(
        { "ETag ends in -2": etag.endsWith("-2"), "all bytes": Buffer.concat(chunks).equals(bytes) },
        "ETag ends in -2, all bytes",
      );
    },
  },
  {
    what: "HEAD and GET of a key where nothing is; GET in a bucket that is not there",
    aws: "404, 404 NoSuchKey, 404 NoSuchBucket",
    source: GET,
    observe: async ({ s3, bucket, store }) => {
      const at = { Bucket: bucket, Key: "read/none" };
      const head = await outcomeOf(s3.send(new HeadObjectCommand(at)), "there");
      const get = await outcomeOf(s3.send(new GetObjectCommand(at)), "there");
      const elsewhere = await outcomeOf(s3.send(new GetObjectCommand({ ...at, Bucket: "no-such-bucket" })), "there");
      if ((await store.head(at.Key)) ?? (await store.get(at.Key))) return "there";
      // HEAD has no body that could name the error.
      return [head.slice(0, 3), get, elsewhere].join(", ");
    },
  },
  {
    what: "Keys with spaces, accents and signs, in every call",
    aws: "the same",
    source: "S3 User Guide, Naming objects",
    observe: async ({ store }) => {
      const key = "keys/Ação & Cia/50% + 1/#1?=;,@.json";
      const etag = await written(store, key, "ação");
      const listed = await Array.fromAsync(store.list("keys/Ação & Cia/"));
      const streamed = await read(await store.stream(key, etag));
      const facts = {
        listed: listed.length === 1 && listed[0]?.key === key,
        got: (await store.get(key))?.body === "ação",
        streamed: streamed === "ação",
      };
      await store.removeIf(key, etag);
      return unless({ ...facts, removed: (await store.head(key)) === undefined }, "the same");
    },
  },
  {
    what: "A key of 1,024 bytes, and one of 1,025",
    aws: "written, 400 KeyTooLongError",
    source: "S3 User Guide, Naming objects",
    observe: async ({ store }) => {
      // A file system, if it is one, takes names of 255 bytes at most.
      const key = (bytes: number) => `long/${"a/".repeat(bytes)}`.slice(0, bytes - 1).concat("b");
      const at = (bytes: number) => outcomeOf(store.putIf(key(bytes), undefined, objectOf("a")), "written");
      return `${await at(1_024)}, ${await at(1_025)}`;
    },
  },
  {
    what: "What is written, read, listed and removed, twenty times over",
    aws: "always the last",
    source: "S3 User Guide, Data consistency model",
    observe: async ({ store }) => {
      for (let round = 0; round < 20; round++) {
        const etag = await written(store, "consistent/key", `${round}`);
        if ((await store.get("consistent/key"))?.body !== `${round}`) return `an older object in round ${round}`;
        if ((await Array.fromAsync(store.list("consistent/"))).length !== 1) return `not listed in round ${round}`;
        await store.removeIf("consistent/key", etag);
        if (await store.head("consistent/key")) return `still there in round ${round}`;
      }
      return "always the last";
    },
  },
];
