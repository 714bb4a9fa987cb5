import { facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idsOf, messageIn, Pipeline, type Report, redelivered } from "./support/pipeline.ts";

const ATTRIBUTES = [
  "id",
  "imdb_id",
  "title",
  "runtime",
  "release_date",
  "budget",
  "revenue",
  "popularity",
  "vote_average",
  "vote_count",
];
const known = movieIds(20);
const unknown = "tt7777777";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: known.map(facts) });
});
afterEach(() => pipeline.stop());

describe("a lote's file", () => {
  test("has one record a line with the ten attributes, in the order of the lote's ids", async () => {
    const ids = [...known].reverse();
    const [record] = await pipeline.lotesOf(ids);
    expect(await pipeline.consume([record])).toEqual({ batchItemFailures: [] });

    const body = (await pipeline.read("lote_1.json")) ?? "";
    expect(body.endsWith("}\n")).toBe(true);
    const records = await pipeline.lote(1);
    expect(idsOf(records)).toEqual(ids);
    expect(Object.keys(records[0] ?? {})).toEqual(ATTRIBUTES);
    expect(records[0]).toEqual(facts(ids[0] ?? ""));
  });

  test("is not written when no id has a record", async () => {
    const [record] = await pipeline.lotesOf([unknown]);
    await pipeline.consume([record]);
    expect(await pipeline.read("lote_1.json")).toBeUndefined();
  });

  test("keeps the other records when a replay brings three more, each in its place", async () => {
    const ids = [...known].reverse();
    const three = [2, 7, 11].map((index) => ids[index] ?? "");
    // A refusal that no second request may cure, so that it is told at once.
    await pipeline.tmdb.misbehave([{ ids: three, answer: { status: 422 } }]);
    const [record] = await pipeline.lotesOf(ids);
    await pipeline.consume([record]);
    expect(idsOf(await pipeline.lote(1))).toEqual(ids.filter((id) => !three.includes(id)));

    await pipeline.tmdb.misbehave([]);
    const [letter] = (await pipeline.take("DeadLetterQueue")) as [SQSRecord];
    const { failures } = messageIn(letter) as Report;
    expect(failures.map(({ id, reason }) => [id, reason])).toEqual(three.map((id) => [id, "invalid_response"]));
    await pipeline.consume([letter]);

    expect(idsOf(await pipeline.lote(1))).toEqual(ids);
  });
});

describe("recovered ids", () => {
  const cases: [string, (record: SQSRecord) => SQSRecord][] = [
    ["received before", (record) => redelivered(record, { ApproximateReceiveCount: "2" })],
    [
      "from a producer that resumed its run",
      (record) => ({ ...record, body: JSON.stringify({ ...messageIn(record), kind: "resumed" }) }),
    ],
    [
      "of version 1 with failures, even none",
      (record) => ({ ...record, body: JSON.stringify({ ...messageIn(record), version: 1, failures: [] }) }),
    ],
    ["sent after the run was queued", (record) => redelivered(record, { SentTimestamp: String(Date.now() + 60_000) })],
  ];

  test.each(cases)("are reported of a message %s, for they may stand in the ledger", async (_, again) => {
    const [record] = await pipeline.lotesOf(known);
    await pipeline.consume([again(record)]);
    const report = { ...messageIn(record), kind: "report", ids: [], attempts: 1, failures: [], recovered: known };
    expect(await pipeline.report()).toEqual(report);
  });

  test("of a report that is sent back to LoteQueue are passed on, since nobody else tells the collector", async () => {
    const [record] = await pipeline.lotesOf(known);
    const [first = "", second = ""] = known;
    const report = { ...messageIn(record), ids: [second], attempts: 1, failures: [], recovered: [first] };
    for (const kind of [{ kind: "report" }, { version: 1 }]) {
      await pipeline.consume([{ ...record, body: JSON.stringify({ ...report, ...kind }) }]);
      expect((await pipeline.report()).recovered).toEqual([first, second]);
    }
  });
});
