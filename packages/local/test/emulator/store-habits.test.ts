import { createHash } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientConfigFor } from "../../src/client-config.ts";
import { Emulator } from "../../src/emulator/emulator.ts";

const HABITS = { opaqueEtags: true, versions: true, rangeChecksums: true };
const OBJECT = { Bucket: "odd-store", Key: "object" };

let emulator: Emulator;
let s3: S3Client;
beforeAll(async () => {
  emulator = await Emulator.start(OBJECT.Bucket, {
    port: 0,
    habitsOf: (bucket) => (bucket === OBJECT.Bucket ? HABITS : undefined),
  });
  s3 = new S3Client(clientConfigFor(emulator.url));
});
afterAll(async () => {
  s3.destroy();
  await emulator.stop();
});

test("an opaque ETag is another one with each write of the same bytes, and conditions go by it", async () => {
  const first = await s3.send(new PutObjectCommand({ ...OBJECT, Body: "bytes" }));
  const second = await s3.send(new PutObjectCommand({ ...OBJECT, Body: "bytes", IfMatch: first.ETag }));

  expect(second.ETag).not.toBe(first.ETag);
  expect((await s3.send(new GetObjectCommand(OBJECT))).ETag).toBe(second.ETag);
  await expect(s3.send(new PutObjectCommand({ ...OBJECT, Body: "bytes", IfMatch: first.ETag }))).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
});

test("an opaque ETag of an upload in parts ends in their number", async () => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(OBJECT));
  const upload = { ...OBJECT, UploadId };
  const part = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "bytes" }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] };
  const { ETag } = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));

  // What S3 makes of the parts' hashes without a key.
  const hashed = createHash("md5").update(createHash("md5").update("bytes").digest()).digest("hex");
  expect(ETag).toMatch(/^"[0-9a-f]{32}-1"$/);
  expect(ETag).not.toContain(hashed);
  expect((await s3.send(new GetObjectCommand(OBJECT))).ETag).toBe(ETag);
});

test("a range comes with its version's id and with the checksum of the whole object, which is not its own", async () => {
  const { ChecksumCRC32 } = await s3.send(new PutObjectCommand({ ...OBJECT, Body: "bytes" }));
  const range = { ...OBJECT, Range: "bytes=0-1" };

  const answer = await s3.send(new GetObjectCommand({ ...range, ChecksumMode: "ENABLED" }));

  expect(answer).toMatchObject({ ChecksumCRC32, VersionId: expect.any(String) });
  await expect(answer.Body?.transformToString()).rejects.toThrow("Checksum mismatch");
});
