import { inputKey, runId } from "@lotes/core";
import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { expect, test } from "vitest";
import { LOTE_SIZE, Pipeline } from "./support/pipeline.ts";

const NEXT_DAY = "2026/11/24";
/** Of two lotes. */
const IDS = movieIds(1.2 * LOTE_SIZE);
const UNKNOWN = "tt7777771";

test("with REUSE_HOURS the next day's functions ask TMDB for what is new and what had failed, and write what asking for all would have", async () => {
  const pipeline = await Pipeline.start({ facts: IDS.map(facts), settings: { REUSE_HOURS: "24" } });
  try {
    const event = await pipeline.drop(csvSelecting([...IDS.slice(1), UNKNOWN]));
    await pipeline.produce(event);
    const [record, ...others] = (await pipeline.take("LoteQueue")) as [SQSRecord, ...SQSRecord[]];
    for (const each of [record, ...others]) await pipeline.consume([each]);
    const { key, sequencer, eTag: etag, size } = event.Records[0]?.s3.object ?? ({} as never);
    const run = runId({ bucket: pipeline.services.bucket, key: decodeURIComponent(key), sequencer, etag, size });
    const body = JSON.stringify({ version: 2, kind: "closing", run, date: "2026/11/23" });
    await pipeline.collect([...(await pipeline.take("DeadLetterQueue")), { ...record, messageId: "closing", body }]);
    expect(JSON.parse((await pipeline.read("_manifest.json")) ?? "")).toMatchObject({
      stored: IDS.length - 1,
      failed: 1,
    });

    const before = (await pipeline.tmdb.stats()).requests;
    await pipeline.produce(await pipeline.drop(csvSelecting([...IDS, UNKNOWN]), inputKey(NEXT_DAY)));
    for (const each of await pipeline.take("LoteQueue")) await pipeline.consume([each]);
    expect((await pipeline.tmdb.stats()).requests - before).toBe(2);
    const lotes = await Promise.all([1, 2].map((lote) => pipeline.read(`lote_${lote}.json`, NEXT_DAY)));
    expect(lotes.join("")).toBe(IDS.map((id) => `${JSON.stringify(facts(id))}\n`).join(""));
  } finally {
    await pipeline.stop();
  }
});
