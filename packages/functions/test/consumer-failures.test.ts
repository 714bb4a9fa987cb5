import { facts, movieIds } from "@lotes/core/testing/movie-rows";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idsOf, messageIn, Pipeline, redelivered } from "./support/pipeline.ts";

const known = movieIds(20);
const unknown = "tt7777777";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: known.map(facts), cold: true });
});
afterEach(() => pipeline.stop());

describe("what has no record", () => {
  test("is reported to the DeadLetterQueue in one message that can be sent back as it is", async () => {
    const ids = [known[0] ?? "", unknown, "not-an-id"];
    const [record] = await pipeline.lotesOf(ids);
    await pipeline.consume([record]);

    const sent = messageIn(record);
    expect(await pipeline.report()).toEqual({
      ...sent,
      kind: "report",
      ids: [unknown, "not-an-id"],
      attempts: 1,
      recovered: [],
      failures: [
        { id: unknown, reason: "not_found", status: 404, message: expect.stringContaining("could not be found") },
        { id: "not-an-id", reason: "invalid_id", status: null, message: expect.stringContaining("not-an-id") },
      ],
    });
    const asked = (await pipeline.tmdb.arrivals()).map((arrival) => arrival.id);
    expect(asked).toEqual([known[0], unknown]);
  });

  test("is not spoken of when there is nothing to say", async () => {
    const [record] = await pipeline.lotesOf(known);
    await pipeline.consume([record]);
    expect(await pipeline.take("DeadLetterQueue")).toEqual([]);
  });

  test.each([
    ["an HTML page", "html" as const],
    ["JSON that is no movie", { status: 200 as const, body: { success: true } }],
    ["a record that is no movie's", { status: 200 as const, body: { ...facts("tt5555555"), imdb_id: "nm5555555" } }],
  ])("because of %s, as long as there is time, is an invalid_response", async (_, answer) => {
    const id = known[0] ?? "";
    const [record] = await pipeline.lotesOf([id]);
    await pipeline.tmdb.misbehave([{ answer }]);
    await pipeline.consume([record], 2_500);
    expect((await pipeline.report()).failures).toEqual([
      expect.objectContaining({ id, reason: "invalid_response", status: 200 }),
    ]);
  });

  test.each([
    ["a 500", { status: 500 as const }, "server_error", 500],
    ["a reset", "reset" as const, "network", null],
    ["a 429", { status: 429 as const }, "rate_limited", 429],
    // Last: a request that was broken off may still arrive, and this short an invocation leaves the wait for that to the process.
    ["no answer", "hang" as const, "deadline", null],
  ])("because %s lasted to the end of the function's time is told as such", async (_, answer, reason, status) => {
    const id = known[0] ?? "";
    const [record] = await pipeline.lotesOf([id]);
    await pipeline.tmdb.misbehave([{ answer }]);
    await pipeline.consume([record], 4_000);
    expect((await pipeline.report()).failures).toEqual([expect.objectContaining({ id, reason, status })]);
  });

  test("because the function's time was over is a deadline, and everything before is stored", async () => {
    await pipeline.stop();
    pipeline = await Pipeline.start({
      facts: known.map(facts),
      settings: { TMDB_REQUESTS_PER_SECOND: "10", LOTE_SIZE: "20" },
    });
    const [record] = await pipeline.lotesOf(known);
    await pipeline.consume([record], 3_000);

    const stored = await pipeline.lote(1);
    const { failures } = await pipeline.report();
    expect(stored.length).toBeGreaterThan(0);
    expect(new Set(failures.map((failure) => failure.reason))).toEqual(new Set(["deadline"]));
    expect([...idsOf(stored), ...failures.map((failure) => failure.id)].sort()).toEqual(known);
  });
});

describe("a passing trouble", () => {
  test.each([
    ["a 500", { status: 500 as const }],
    ["a 403 page of a CDN", { status: 403, page: true as const }],
    ["a page in the movie's place", "html" as const],
    ["a 503", { status: 503 as const }],
    ["a reset", "reset" as const],
    ["a 429 with Retry-After in seconds", { status: 429 as const, retryAfter: 1 }],
    [
      "a 429 with Retry-After as a date",
      { status: 429 as const, retryAfter: new Date(Date.now() + 2_000).toUTCString() },
    ],
    ["a 429 without Retry-After", { status: 429 as const }],
  ])("such as %s costs no record", async (_, answer) => {
    const [record] = await pipeline.lotesOf(known);
    await pipeline.tmdb.misbehave([{ limit: 3, answer }]);
    await pipeline.consume([record]);
    expect(idsOf(await pipeline.lote(1))).toEqual(known);
    expect(await pipeline.take("DeadLetterQueue")).toEqual([]);
  });

  test("such as a hanging request is given up and tried again", async () => {
    const [record] = await pipeline.lotesOf(known);
    await pipeline.tmdb.misbehave([{ limit: 1, answer: "hang" }]);
    await pipeline.consume([record]);
    expect(idsOf(await pipeline.lote(1))).toEqual(known);
  });
});

describe("a pause that TMDB asks for, longer than the function's time", () => {
  // A process keeps such a pause: these have one of their own.
  const settings = { TMDB_REQUESTS_PER_SECOND: "100" };
  beforeEach(async () => {
    await pipeline.stop();
    pipeline = await Pipeline.start({ facts: known.map(facts), settings });
  });

  test("gives the lote back to SQS with what it has stored, and the last delivery tells the reason", async () => {
    const [record] = await pipeline.lotesOf(known);
    await pipeline.tmdb.misbehave([{ ids: known.slice(15, 16), answer: { status: 429, retryAfter: 3600 } }]);
    expect(await pipeline.consume([record])).toEqual({ batchItemFailures: [{ itemIdentifier: record.messageId }] });
    const stored = idsOf(await pipeline.lote(1));
    expect(stored.length).toBeGreaterThan(0);
    expect(await pipeline.take("DeadLetterQueue")).toEqual([]);

    const { requests } = await pipeline.tmdb.stats();
    await pipeline.consume([redelivered(record, { ApproximateReceiveCount: "5" })], 1_000);
    const { failures } = await pipeline.report();
    expect(new Set(failures.map(({ reason, status }) => `${reason} ${status}`))).toEqual(new Set(["rate_limited 429"]));
    expect(failures).toHaveLength(known.length);
    // The process is still paused.
    expect((await pipeline.tmdb.stats()).requests).toBe(requests);
    expect(idsOf(await pipeline.lote(1))).toEqual(stored);
  });
});

describe("a refused token", () => {
  test("stops the lote after a few requests and reports every id as unauthorized", async () => {
    await pipeline.stop();
    pipeline = await Pipeline.start({ settings: { TMDB_TOKEN: "wrong" } });
    const ids = movieIds(100);
    const [record] = await pipeline.lotesOf(ids);
    await pipeline.consume([record]);

    const { failures } = await pipeline.report();
    expect(failures.map((failure) => failure.id)).toEqual(ids);
    expect(new Set(failures.map((failure) => failure.reason))).toEqual(new Set(["unauthorized"]));
    expect(new Set(failures.map((failure) => failure.status))).toEqual(new Set([401]));
    expect(JSON.stringify(failures)).not.toContain("wrong");
    // No more than the connections of one consumer, all of them under way before the first answer.
    expect((await pipeline.tmdb.stats()).requests).toBeLessThanOrEqual(10);
  });

  test("of 32 hexadecimal digits is sent as an api_key", async () => {
    await pipeline.stop();
    pipeline = await Pipeline.start({ settings: { TMDB_TOKEN: "0123456789abcdef0123456789abcdef" } });
    const [record] = await pipeline.lotesOf([known[0] ?? ""]);
    await pipeline.consume([record]);
    const { failures } = await pipeline.report();
    expect(failures[0]).toMatchObject({ reason: "unauthorized" });
    expect(JSON.stringify(failures)).not.toContain("0123456789abcdef");
  });
});
