import { inputKey } from "@lotes/core";
import { csvOf, csvSelecting, facts, movieIds, row } from "@lotes/core/testing/movie-rows";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DATE, LOTE_SIZE, messageIn, Pipeline } from "./support/pipeline.ts";

/** Of two full lotes, and a third one. */
const IDS = movieIds(2.4 * LOTE_SIZE);

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await Pipeline.start({ facts: IDS.map(facts) });
});
afterEach(() => pipeline.stop());

describe("a usable CSV", () => {
  test("becomes one message per lote, full but for the last one, in the order first seen", async () => {
    const ids = IDS.toReversed();
    await pipeline.produce(await pipeline.drop(csvSelecting([...ids, ...ids])));

    const messages = (await pipeline.take("LoteQueue")).map(messageIn);
    const { run } = await pipeline.runFile();
    const common = { version: 2, kind: "lote", run, date: DATE, attempts: 0 };
    expect(messages).toEqual([
      { ...common, lote: 1, ids: ids.slice(0, LOTE_SIZE) },
      { ...common, lote: 2, ids: ids.slice(LOTE_SIZE, 2 * LOTE_SIZE) },
      { ...common, lote: 3, ids: ids.slice(2 * LOTE_SIZE) },
    ]);
  });

  test("is described in _run.json", async () => {
    const others = Array.from({ length: 97 }, () => row({ id: "tt0000002", votes: "9" }));
    const rows = [row({ id: "tt0000001" }), "too|short", row({ id: "tt0000003", votes: "20.000" }), ...others];
    const event = await pipeline.drop(csvOf(rows));
    await pipeline.produce(event);

    const object = event.Records[0]?.s3.object;
    const run = await pipeline.runFile();
    expect(run).toMatchObject({
      status: "queued",
      source: { bucket: "data-lake", key: inputKey(DATE), etag: object?.eTag, size: object?.size },
      filter: { min_year: 1960, min_votes: 10_000, genres: ["crime", "war"] },
      rows: 100,
      malformed: { count: 1, first_lines: [3] },
      unreadable: { count: 1, first_lines: [4] },
      ids: 1,
      lotes: 1,
      error: null,
      rejected: null,
    });
    expect(Date.parse(run.queued_at ?? "")).toBeGreaterThanOrEqual(Date.parse(run.started_at));
  });

  test("in which nothing passes is a finished run of no lotes, if its upload demands it", async () => {
    await pipeline.produce(await pipeline.drop(csvOf([]), inputKey(DATE), { force: "true" }));
    expect(await pipeline.runFile()).toMatchObject({ status: "queued", rows: 0, ids: 0, lotes: 0 });
    expect(await pipeline.take("LoteQueue")).toEqual([]);
  });

  test("under a key that is not of the input pattern is ignored", async () => {
    await pipeline.produce(
      await pipeline.drop(csvSelecting(movieIds(1)), "Raw/Local/CSV/Movies/2026/13/01/movies.csv"),
    );
    await pipeline.produce(
      await pipeline.drop(csvSelecting(movieIds(1)), "Raw/Local/CSV/Movies/2026/11/23/old copy/movies.csv"),
    );
    expect(await pipeline.take("LoteQueue")).toEqual([]);
    expect(await pipeline.files()).toEqual({});
  });
});

describe("the same event again", () => {
  test("does nothing once the run is queued", async () => {
    const event = await pipeline.drop(csvSelecting(movieIds(3)));
    await pipeline.produce(event);
    const before = await pipeline.files();
    await pipeline.take("LoteQueue");

    await pipeline.produce(event);

    expect(await pipeline.take("LoteQueue")).toEqual([]);
    expect(await pipeline.files()).toEqual(before);
  });

  test("sends every lote again after a producer that died while queuing, and says that it may not be the first time", async () => {
    const event = await pipeline.drop(csvSelecting(IDS));
    pipeline.fault = (request) =>
      request.service === "sqs" && request.operation === "SendMessageBatch"
        ? { status: 400, code: "AccessDenied", message: "no" }
        : undefined;
    await expect(pipeline.produce(event)).rejects.toThrow();
    expect(await pipeline.runFile()).toMatchObject({ status: "queuing", queued_at: null });

    pipeline.fault = undefined;
    await pipeline.produce(event);

    expect(await pipeline.runFile()).toMatchObject({ status: "queued" });
    const messages = (await pipeline.take("LoteQueue")).map(messageIn);
    expect(messages.map(({ lote, kind }) => ({ lote, kind }))).toEqual([
      { lote: 1, kind: "resumed" },
      { lote: 2, kind: "resumed" },
      { lote: 3, kind: "resumed" },
    ]);
  });

  test("leaves what consumers of the run have written already", async () => {
    const event = await pipeline.drop(csvSelecting(IDS));
    const died = new Error("died");
    pipeline.fault = (request) => {
      // The last write of the producer: `queued`. By then the lotes are sent.
      if (
        request.service === "s3" &&
        request.method === "PUT" &&
        request.key.endsWith("_run.json") &&
        request.ifMatch
      ) {
        return { status: 403, code: "AccessDenied", message: died.message };
      }
      return undefined;
    };
    await expect(pipeline.produce(event)).rejects.toThrow(died.message);
    pipeline.fault = undefined;
    await pipeline.settle();

    await pipeline.produce(event);

    const stored = await Promise.all([1, 2, 3].map((lote) => pipeline.lote(lote)));
    expect(stored.flat()).toHaveLength(IDS.length);
  });
});

describe("a new upload for the same date", () => {
  test("removes every lote and the ledger of the earlier run", async () => {
    const unknown = "tt7777777";
    await pipeline.produce(await pipeline.drop(csvSelecting([...IDS, unknown])));
    await pipeline.settle();
    const files = async () => Object.keys(await pipeline.files()).filter((name) => name !== "_manifest.json");
    expect((await files()).sort()).toEqual([
      "_run.json",
      "erros_geral.json",
      "lote_1.json",
      "lote_2.json",
      "lote_3.json",
    ]);

    await pipeline.produce(await pipeline.drop(csvSelecting(movieIds(1))));

    expect(await files()).toEqual(["_run.json"]);
    expect(await pipeline.runFile()).toMatchObject({ status: "queued", ids: 1 });
  });

  test("wins, though its event comes before that of the upload it replaced", async () => {
    const first = await pipeline.drop(csvSelecting(movieIds(2)));
    const second = await pipeline.drop(csvSelecting(movieIds(1)));
    await pipeline.produce(second);
    const { run } = await pipeline.runFile();
    await pipeline.produce(first);

    expect(await pipeline.runFile()).toMatchObject({ run, ids: 1 });
    expect(await pipeline.take("LoteQueue")).toHaveLength(1);
  });

  test("wins as well when both are of the same bytes, which have the same ETag", async () => {
    const replaced = await pipeline.drop(csvSelecting(movieIds(3)));
    const latest = await pipeline.drop(csvSelecting(movieIds(3)));
    await pipeline.produce(latest);
    const run = await pipeline.runFile();
    await pipeline.take("LoteQueue");

    await pipeline.produce(replaced);

    expect(await pipeline.runFile()).toEqual(run);
    expect(await pipeline.take("LoteQueue")).toEqual([]);
  });

  test("while the first is being read ends the first without a trace", async () => {
    const first = await pipeline.drop(csvSelecting(movieIds(2)));
    await pipeline.drop(csvSelecting(movieIds(1)));
    await pipeline.produce(first);
    expect(await pipeline.files()).toEqual({});
    expect(await pipeline.take("LoteQueue")).toEqual([]);
  });
});

describe("a CSV that can't be used", () => {
  const unusable: [string, string | Uint8Array, RegExp][] = [
    ["an empty file", "", /empty/],
    ["a file without numeroVotos", csvSelecting(movieIds(2)).replace("|numeroVotos|", "|votos|"), /numeroVotos/],
    ["a file without a row", csvOf([]), /it has a header and no rows/],
    ["a binary file", Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256), /UTF-8|header/],
  ];

  test.each(unusable)("%s is rejected with the reason in _run.json, and sends nothing", async (_, csv, reason) => {
    await pipeline.produce(await pipeline.drop(csv));
    const run = await pipeline.runFile();
    expect(run).toMatchObject({ status: "rejected", ids: 0, queued_at: null });
    expect(run.error).toMatch(reason);
    expect(await pipeline.take("LoteQueue")).toEqual([]);
  });

  test.each(unusable)("%s leaves the run in force and its files untouched", async (_, csv, reason) => {
    await pipeline.produce(await pipeline.drop(csvSelecting([...movieIds(2), "tt7777777"])));
    await pipeline.settle();
    const before = await pipeline.files();

    const event = await pipeline.drop(csv);
    await pipeline.produce(event);

    const { rejected, ...run } = await pipeline.runFile();
    expect(rejected?.reason).toMatch(reason);
    expect(rejected?.source.etag).toBe(event.Records[0]?.s3.object.eTag);
    const { rejected: none, ...runBefore } = JSON.parse(before["_run.json"] ?? "");
    expect(none).toBeNull();
    expect(run).toEqual(runBefore);
    expect({ ...(await pipeline.files()), "_run.json": "" }).toEqual({ ...before, "_run.json": "" });
  });

  test("gives way to a usable one", async () => {
    await pipeline.produce(await pipeline.drop(""));
    await pipeline.produce(await pipeline.drop(csvSelecting(movieIds(1))));
    expect(await pipeline.runFile()).toMatchObject({ status: "queued", ids: 1, error: null, rejected: null });
  });
});
