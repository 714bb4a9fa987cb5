import { csvSelecting, facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { afterEach, expect, test } from "vitest";
import { LOTE_SIZE, Pipeline, redelivered } from "./support/pipeline.ts";

const known = movieIds(1.2 * LOTE_SIZE);
const selected = [...known, "tt7777771", "not-an-id", "tt7777772"].sort();
const pipelines: Pipeline[] = [];
afterEach(() => Promise.all(pipelines.splice(0).map((pipeline) => pipeline.stop())));

async function started(): Promise<Pipeline> {
  const pipeline = await Pipeline.start({ facts: known.map(facts) });
  pipelines.push(pipeline);
  return pipeline;
}

/** The files of a date, less the times, which are those of the deliveries. */
async function filesWithoutTimes(pipeline: Pipeline): Promise<Record<string, string>> {
  const files = await pipeline.files();
  return Object.fromEntries(
    Object.entries(files)
      // It counts its revisions and all requests, repeated ones among them.
      .filter(([name]) => name !== "_manifest.json")
      .map(([name, body]) => [name, body.replaceAll(/"[^"]+T[^"]+Z"/g, '"time"')]),
  );
}

/** Every record twice, the second time as SQS would deliver it again, last lote first. */
function twiceInReverse(records: readonly SQSRecord[]): SQSRecord[] {
  return [...records, ...records.map((record) => redelivered(record, { ApproximateReceiveCount: "2" }))].reverse();
}

test("the same event twice, each message twice and all in reverse make the same files as once in order", async () => {
  const once = await started();
  await once.produce(await once.drop(csvSelecting(selected)));
  await once.settle();
  const expected = await filesWithoutTimes(once);
  expect(Object.keys(expected).sort()).toEqual(["_run.json", "erros_geral.json", "lote_1.json", "lote_2.json"]);
  await once.stop();
  pipelines.splice(0);

  const twice = await started();
  const event = await twice.drop(csvSelecting(selected));
  // At once, so that both find no run and each must cope with the other.
  await Promise.all([twice.produce(event), twice.produce(event)]);
  for (const record of twiceInReverse(await twice.take("LoteQueue"))) await twice.consume([record]);
  for (const letter of twiceInReverse(await twice.take("DeadLetterQueue"))) await twice.collect([letter]);

  expect(await filesWithoutTimes(twice)).toEqual(expected);
});

test("two consumers with the same lote at the same time make one file of it", async () => {
  const pipeline = await started();
  const ids = known.slice(0, LOTE_SIZE);
  const [record] = await pipeline.lotesOf(ids);
  await Promise.all([pipeline.consume([record]), pipeline.consume([record]), pipeline.consume([record])]);
  expect((await pipeline.lote(1)).map((movie) => movie.imdb_id)).toEqual(ids);
});
