import { facts, movieIds } from "@lotes/core/testing/movie-rows";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DATE, failedIds, Operator, storedIds } from "./support/operator.ts";

const UNKNOWN = "tt7777770";
const KNOWN = movieIds(30);
const IDS = [...KNOWN, UNKNOWN];

let operator: Operator;
beforeAll(async () => {
  operator = await Operator.start({ facts: KNOWN.map(facts), requestsPerSecond: 20 });
  // So that lotes of the few ids take as long as those of many do.
  await operator.startStack({ LOTE_SIZE: "20" });
});
// A run of a date replaces what the one before has left.
beforeEach(() => operator.tmdb.misbehave([]));
afterAll(() => operator[Symbol.asyncDispose]());

test("a replay when nothing has failed sends nothing, and says so", async () => {
  await operator.ingest(KNOWN.slice(0, 3));
  await operator.json("status", "--watch");
  expect(await operator.lotes("replay", "--date", DATE)).toMatchObject({
    code: 0,
    stdout: "There is nothing to replay.\n",
  });
});

test("a replay during a run, and twice at once, loses nothing and writes nothing twice", async () => {
  await operator.tmdb.misbehave([{ ids: KNOWN.slice(0, 3), times: 1, answer: { status: 422 } }]);
  await operator.ingest(IDS);
  // Lote 1 has reported by then, lote 2 is at work.
  await operator.until(({ run, failures }) => run.ids === IDS.length && failures.length >= 3);
  await Promise.all([operator.json("replay", "--watch"), operator.json("replay", "--watch")]);
  expect(await operator.json("status", "--watch")).toMatchObject({ stored: 30, failed: 1, settled: true });
  const files = await operator.files();
  expect(storedIds(files)).toEqual(KNOWN);
  expect(failedIds(files)).toEqual([[UNKNOWN, "not_found"]]);
});

test("a replay of a run that was superseded meanwhile changes nothing, and no lote of that run remains", async () => {
  await operator.tmdb.misbehave([{ answer: { status: 422 } }]);
  await operator.ingest(IDS);
  await operator.until(({ failures }) => failures.length === IDS.length);
  // Sent to a queue that holds it back until the new run is there.
  await operator.setQueue("LoteQueue", { delaySeconds: 3 });
  expect(await operator.json("replay")).toMatchObject({ ids: 31, sent: true });
  await operator.tmdb.misbehave([]);
  await operator.ingest(KNOWN.slice(0, 10));
  await operator.untilInQueue("LoteQueue", 0);

  expect(await operator.json("status", "--watch")).toMatchObject({ ids: 10, stored: 10, failed: 0, settled: true });
  const files = await operator.files();
  expect(Object.keys(files).sort()).toEqual(["_manifest.json", "_run.json", "lote_1.json"]);
  expect(storedIds(files)).toEqual(KNOWN.slice(0, 10));
});
