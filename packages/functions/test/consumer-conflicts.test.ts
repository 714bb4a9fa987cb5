import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idsOf, messageIn, Pipeline, redelivered } from "./support/pipeline.ts";

const known = movieIds(20);
const unknown = "tt7777777";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: known.map(facts) });
});
afterEach(() => pipeline.stop());

/** Consumes a lote, with something that happens when all but its last id were answered, and before its file is written. */
async function consumeWhile(record: SQSRecord, happens: () => Promise<unknown>): Promise<void> {
  const { ids } = messageIn(record);
  await pipeline.tmdb.misbehave([{ ids: ids.slice(-1), times: 1, answer: { status: 429, retryAfter: 2 } }]);
  const consumed = pipeline.consume([record]);
  await expect.poll(async () => (await pipeline.tmdb.stats()).requests).toBeGreaterThanOrEqual(ids.length);
  await happens();
  await consumed;
}

/** The answer by which a message comes back, also when it was alone: the invocation itself does not fail. */
const failing = ({ messageId }: SQSRecord) => ({ batchItemFailures: [{ itemIdentifier: messageId }] });

describe("a run that is no longer in force", () => {
  test("has its lotes dropped before a request is made", async () => {
    const [old] = await pipeline.lotesOf(known);
    await pipeline.produce(await pipeline.drop(csvSelecting([unknown])));
    expect(await pipeline.consume([old])).toEqual({ batchItemFailures: [] });
    expect((await pipeline.tmdb.stats()).requests).toBe(0);
    expect(await pipeline.read("lote_1.json")).toBeUndefined();
  });

  test("takes its lote back when the later upload came while it was fetched", async () => {
    const [old] = await pipeline.lotesOf(known);
    const later = await pipeline.drop(csvSelecting([unknown]));
    let writes = 0;
    pipeline.fault = (request) => {
      if (request.service === "s3" && request.method === "PUT" && request.key.endsWith("lote_1.json")) writes++;
      return undefined;
    };
    // The later run has cleaned up before there was anything to clean.
    await consumeWhile(old, () => pipeline.produce(later));
    expect(writes).toBe(1);
    expect(await pipeline.read("lote_1.json")).toBeUndefined();
    expect(await pipeline.take("DeadLetterQueue")).toEqual([]);
  });

  test("never overwrites the later run's lote", async () => {
    const [old] = await pipeline.lotesOf(known.slice(0, 3));
    await consumeWhile(old, async () => {
      const [current] = await pipeline.lotesOf(known.slice(5, 7));
      await pipeline.consume([current]);
    });
    expect(idsOf(await pipeline.lote(1))).toEqual(known.slice(5, 7));
  });
});

describe("a consumer that can't finish", () => {
  test("fails the message when S3 refuses the lote, and reports nothing", async () => {
    const [record] = await pipeline.lotesOf([...known, unknown]);
    pipeline.fault = (request) =>
      request.service === "s3" && request.method === "PUT" && request.key.includes("lote_")
        ? { status: 403, code: "AccessDenied", message: "no" }
        : undefined;
    expect(await pipeline.consume([record])).toEqual(failing(record));
    expect(await pipeline.take("DeadLetterQueue")).toEqual([]);
  });

  test("fails the message when the report can't be sent, and the next delivery sends it", async () => {
    const [record] = await pipeline.lotesOf([...known, unknown]);
    pipeline.fault = (request) =>
      request.service === "sqs" && request.operation === "SendMessageBatch"
        ? { status: 400, code: "AccessDenied", message: "no" }
        : undefined;
    expect(await pipeline.consume([record])).toEqual(failing(record));
    pipeline.fault = undefined;
    await pipeline.consume([redelivered(record, { ApproximateReceiveCount: "2" })]);
    expect(await pipeline.report()).toMatchObject({ ids: [unknown], recovered: known });
  });

  test("does not make the other messages of its batch fail", async () => {
    const [record] = await pipeline.lotesOf(known);
    const broken = { ...record, messageId: "broken", body: "not a lote" };
    expect(await pipeline.consume([broken, record])).toEqual({ batchItemFailures: [{ itemIdentifier: "broken" }] });
    expect(idsOf(await pipeline.lote(1))).toEqual(known);
  });
});
