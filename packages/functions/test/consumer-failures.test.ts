import { facts, movieIds } from "@lotes/core/testing/movie-rows";
import type { MisbehaviourAnswer } from "@lotes/local/tmdb/misbehaviour-rule";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { idsOf, messageIn, Pipeline, type PipelineOptions, type Report, redelivered } from "./support/pipeline.ts";

const known = movieIds(20);
const unknown = "tt7777777";

let pipeline: Pipeline;
const start = async (options?: PipelineOptions) => {
  pipeline = await Pipeline.start({ facts: known.map(facts), ...options });
};
const stop = () => pipeline.stop();

describe("what has no record", () => {
  beforeEach(() => start());
  afterEach(stop);

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
});

describe("a trouble that lasts to the end of the function's time", () => {
  const movie = facts("tt5555555");
  const lasting: [string, MisbehaviourAnswer, { reason: string; status: number | null }][] = [
    ["an HTML page", "html", { reason: "invalid_response", status: 200 }],
    ["JSON that is no movie", { status: 200, body: { success: true } }, { reason: "invalid_response", status: 200 }],
    [
      "a record that is no movie's",
      { status: 200, body: { ...movie, imdb_id: "nm5555555" } },
      { reason: "invalid_response", status: 200 },
    ],
    ["a 500", { status: 500 }, { reason: "server_error", status: 500 }],
    ["a reset", "reset", { reason: "network", status: null }],
    ["a 429", { status: 429 }, { reason: "rate_limited", status: 429 }],
    ["no answer", "hang", { reason: "deadline", status: null }],
  ];
  const troubled = known.slice(0, lasting.length);
  let report: Report;
  beforeAll(async () => {
    await start({ cold: true });
    const [record] = await pipeline.lotesOf(known);
    await pipeline.tmdb.misbehave(lasting.map(([, answer], at) => ({ ids: troubled.slice(at, at + 1), answer })));
    await pipeline.consume([record], 5_000);
    report = await pipeline.report();
  });
  afterAll(stop);

  test.each(lasting)("is told as such: %s", (what, _, told) => {
    const id = troubled[lasting.findIndex(([name]) => name === what)];
    expect(report.failures.find((failure) => failure.id === id)).toMatchObject(told);
  });

  test("leaves what was answered before stored, and nothing else is reported", async () => {
    expect(idsOf(await pipeline.lote(1))).toEqual(known.slice(troubled.length));
    expect(report.failures.map(({ id }) => id)).toEqual(troubled);
  });
});

describe("a passing trouble", () => {
  const passing: [string, MisbehaviourAnswer, number | string][] = [
    ["a 500", { status: 500 }, 500],
    ["a 403 page of a CDN", { status: 403, page: true }, 403],
    ["a page in the movie's place", "html", 200],
    ["a 503", { status: 503 }, 503],
    ["a reset", "reset", "reset"],
    ["a 429 with Retry-After in seconds", { status: 429, retryAfter: 1 }, 429],
    ["a 429 with Retry-After as a date", { status: 429, retryAfter: new Date(Date.now() + 2_000).toUTCString() }, 429],
    ["a 429 without Retry-After", { status: 429 }, 429],
    ["a hanging request", "hang", "hang"],
  ];
  /** Two ids for each. */
  const idsAt = (at: number) => known.slice(2 * at, 2 * at + 2);
  beforeAll(async () => {
    await start({ cold: true });
    const [record] = await pipeline.lotesOf(known);
    await pipeline.tmdb.misbehave(passing.map(([, answer], at) => ({ ids: idsAt(at), times: 1, answer })));
    await pipeline.consume([record]);
  });
  afterAll(stop);

  test.each(passing)("such as %s is asked for again", async (what, _, outcome) => {
    const ids = idsAt(passing.findIndex(([name]) => name === what));
    const arrivals = await pipeline.tmdb.arrivals();
    for (const id of ids) {
      expect(arrivals.filter((each) => each.id === id).map((each) => each.outcome)).toEqual([outcome, 200]);
    }
  });

  test("costs no record", async () => {
    expect(idsOf(await pipeline.lote(1))).toEqual(known);
    expect(await pipeline.take("DeadLetterQueue")).toEqual([]);
  });
});

describe("a pause that TMDB asks for, longer than the function's time", () => {
  beforeEach(() => start({ cold: true }));
  afterEach(stop);

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
  afterEach(stop);

  test("stops the lote after a few requests and reports every id as unauthorized", async () => {
    await start({ settings: { TMDB_TOKEN: "wrong" } });
    const [record] = await pipeline.lotesOf(known);
    await pipeline.consume([record]);

    const { failures } = await pipeline.report();
    expect(failures.map((failure) => failure.id)).toEqual(known);
    expect(new Set(failures.map((failure) => failure.reason))).toEqual(new Set(["unauthorized"]));
    expect(new Set(failures.map((failure) => failure.status))).toEqual(new Set([401]));
    expect(JSON.stringify(failures)).not.toContain("wrong");
    // No more than the connections of one consumer, all of them under way before the first answer.
    expect((await pipeline.tmdb.stats()).requests).toBeLessThanOrEqual(10);
  });

  test("of 32 hexadecimal digits is sent as an api_key", async () => {
    await start({ settings: { TMDB_TOKEN: "0123456789abcdef0123456789abcdef" } });
    const [record] = await pipeline.lotesOf([known[0] ?? ""]);
    await pipeline.consume([record]);
    const { failures } = await pipeline.report();
    expect(failures[0]).toMatchObject({ reason: "unauthorized" });
    expect(JSON.stringify(failures)).not.toContain("0123456789abcdef");
  });
});
