import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import { Accountant, inputKey, outputPrefix, uploadIn } from "@lotes/core";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DATE, LOTE_SIZE, Pipeline, redelivered } from "./support/pipeline.ts";

const NEXT_DAY = "2026/11/24";
/** Of two lotes. */
const IDS = movieIds(1.2 * LOTE_SIZE);
const UNKNOWN = "tt7777771";
const CSV = csvSelecting([...IDS, UNKNOWN]);
const ETAG = /^[0-9a-f]{32}$/;

let pipeline: Pipeline;
let store: S3ObjectStore;
beforeEach(async () => {
  const settings = { REUSE_HOURS: "24" };
  pipeline = await Pipeline.start({ facts: IDS.map(facts), settings, opaqueEtags: true });
  store = new S3ObjectStore(pipeline.services.bucket, pipeline.services.clientConfig);
});
afterEach(async () => {
  store.close();
  await pipeline.stop();
});

async function etagOf(key: string): Promise<string | undefined> {
  const head = await pipeline.s3.send(new HeadObjectCommand({ Bucket: pipeline.services.bucket, Key: key }));
  return head.ETag?.replaceAll('"', "");
}

/** As `lotes ingest` and the AWS CLI upload what is large. */
async function dropInParts(csv: string) {
  const object = { Bucket: pipeline.services.bucket, Key: inputKey(DATE) };
  const { UploadId } = await pipeline.s3.send(new CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  const { ETag } = await pipeline.s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: csv }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await pipeline.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
  return pipeline.dropped();
}

/** Consumes each lote twice, as SQS may deliver it, and collects until the manifest is written. */
async function runToItsEnd(date = DATE): Promise<void> {
  const records = await pipeline.take("LoteQueue");
  for (const record of records) await pipeline.consume([record]);
  for (const record of records) await pipeline.consume([redelivered(record, { ApproximateReceiveCount: "2" })]);
  const { run } = JSON.parse((await pipeline.read("_run.json", date)) ?? "");
  const closing = {
    ...records[0],
    messageId: "closing",
    body: JSON.stringify({ version: 2, kind: "closing", run, date }),
  };
  await pipeline.collect([...(await pipeline.take("DeadLetterQueue")), closing as SQSRecord]);
}

describe("in a bucket whose ETags are no hashes of the bytes", () => {
  test("a run of a CSV that was uploaded in parts is whole, and its manifest names the files as they are", async () => {
    const event = await dropInParts(CSV);
    await pipeline.produce(event);
    await runToItsEnd();

    const { source } = await pipeline.runFile();
    expect(source.etag).toMatch(/^[0-9a-f]{32}-1$/);
    expect(source.etag).toBe(await etagOf(inputKey(DATE)));
    const { files, ledger, stored, failed } = JSON.parse((await pipeline.read("_manifest.json")) ?? "");
    expect({ stored, failed }).toEqual({ stored: IDS.length, failed: 1 });
    for (const { key, etag } of [...files, ledger]) {
      expect(etag).toMatch(ETAG);
      expect(etag).toBe(await etagOf(key));
    }
    const account = await new Accountant(store, DATE).account();
    expect(account).toMatchObject({ settled: true, stored: IDS.length });

    // The same once more: S3 gives the same bytes another ETag, and each write here asks for the last one.
    const before = await pipeline.files();
    await pipeline.produce(event);
    expect(await pipeline.files()).toEqual(before);
  });

  test("the same bytes once more are a new run, which whoever uploaded them knows by their ETag", async () => {
    await pipeline.produce(await pipeline.drop(CSV));
    await runToItsEnd();
    const before = await pipeline.runFile();

    await pipeline.produce(await pipeline.drop(CSV));
    const now = await pipeline.runFile();
    expect(now.source.etag).not.toBe(before.source.etag);
    expect(uploadIn((await etagOf(inputKey(DATE))) ?? "", before, now)).toEqual({ run: now });
    await runToItsEnd();
    expect(JSON.parse((await pipeline.read("_manifest.json")) ?? "")).toMatchObject({
      run: now.run,
      stored: IDS.length,
      failed: 1,
    });
  });

  test("the next day's run takes the records of the day before, by their files' ETags", async () => {
    await pipeline.produce(await pipeline.drop(CSV));
    await runToItsEnd();
    const { requests } = await pipeline.tmdb.stats();

    await pipeline.produce(await pipeline.drop(CSV, inputKey(NEXT_DAY)));
    await runToItsEnd(NEXT_DAY);
    // Twice for the id that TMDB does not know, since each lote comes twice.
    expect((await pipeline.tmdb.stats()).requests - requests).toBe(2);
    expect(await etagOf(`${outputPrefix(NEXT_DAY)}lote_1.json`)).not.toBe(
      await etagOf(`${outputPrefix(DATE)}lote_1.json`),
    );
    expect(await pipeline.read("lote_1.json", NEXT_DAY)).toBe(await pipeline.read("lote_1.json"));
  });
});
