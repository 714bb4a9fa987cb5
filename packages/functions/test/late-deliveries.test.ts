import { PutObjectCommand } from "@aws-sdk/client-s3";
import { loteKey } from "@lotes/core";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import { afterEach, expect, test } from "vitest";
import { DATE, idsOf, messageIn, Pipeline, redelivered } from "./support/pipeline.ts";

// Each of these was found by `pnpm chaos`; see docs/reliability.md.

const ids = movieIds(3);
let pipeline: Pipeline;
afterEach(() => pipeline.stop());

async function collectAll(): Promise<void> {
  const letters = await pipeline.take("DeadLetterQueue");
  if (letters.length > 0) await pipeline.collect(letters);
}

test("a second delivery that overtakes the first and fails does not leave its ids both stored and failed", async () => {
  const refusal = { limit: 1, answer: { status: 401 } } as const;
  pipeline = await Pipeline.start({ facts: ids.map(facts), misbehaviour: [refusal] });
  const [record] = await pipeline.lotesOf(ids);
  // The queue's clock and the producer's are one here: as if the lote had been sent while the run was being queued.
  const first = redelivered(record, { SentTimestamp: "0" });
  await pipeline.consume([redelivered(first, { ApproximateReceiveCount: "2" })]);
  await collectAll();
  expect(await pipeline.ledger()).toHaveLength(3);

  await pipeline.consume([first]);
  await collectAll();

  expect(idsOf(await pipeline.lote(1))).toEqual(ids);
  expect(await pipeline.ledger()).toEqual([]);
});

test("a lote of a superseded run takes back what a consumer wrote that died before its second look", async () => {
  pipeline = await Pipeline.start({ facts: ids.map(facts) });
  const [record] = await pipeline.lotesOf(ids);
  await pipeline.produce(await pipeline.drop(csvSelecting(["278"])));
  await pipeline.settle();
  await pipeline.s3.send(
    new PutObjectCommand({
      Bucket: pipeline.services.bucket,
      Key: loteKey(DATE, 1),
      Body: `${JSON.stringify(facts("tt1000000"))}\n`,
      Metadata: { run: messageIn(record).run },
    }),
  );

  await pipeline.consume([redelivered(record, { ApproximateReceiveCount: "2" })]);

  expect(Object.keys(await pipeline.files())).not.toContain("lote_1.json");
});

test("a lote that SQS gave up after its failures were told keeps their reasons", async () => {
  pipeline = await Pipeline.start({ facts: ids.slice(1).map(facts) });
  const [record] = await pipeline.lotesOf(ids);
  await pipeline.consume([record]);
  const [report] = await pipeline.take("DeadLetterQueue");
  if (report === undefined) throw new Error("there is no report");
  // Its consumers did their work, but the message could not be deleted, five times.
  for (const letters of [[record], [report]]) await pipeline.collect(letters);
  expect(await pipeline.ledger()).toMatchObject([{ imdb_id: ids[0], reason: "not_found", status: 404 }]);
});
