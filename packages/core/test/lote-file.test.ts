import { describe, expect, test } from "vitest";
import { countRecords, LoteFileError, loteObject, mergeLote, parseLoteFile } from "../src/files/lote-file.ts";
import type { LoteWork } from "../src/files/lote-work.ts";
import { runOf } from "../src/files/run-of.ts";
import { stored } from "./support/memory-store.ts";
import { longIds, loteFile, movieIds, movieRecord } from "./support/movies.ts";
import { at } from "./support/reports.ts";

const IDS = ["tt0111161", "tt0068646", "tt0050083"];

describe("a lote's file", () => {
  test("has one record a line, the ten attributes in their order, and a final line end", () => {
    const records = new Map([
      ["tt0111161", movieRecord("tt0111161", { id: 278, title: "Um Sonho de Liberdade" })],
      ["tt0068646", movieRecord("tt0068646", { id: 238, title: "O Poderoso Chefão", runtime: 175 })],
    ]);
    expect(loteObject({ run: "9f2c", ids: ["tt0111161", "tt0068646"], records }).body).toBe(
      [
        '{"id":278,"imdb_id":"tt0111161","title":"Um Sonho de Liberdade","runtime":120,"release_date":"1994-09-23",',
        '"budget":25000000,"revenue":28341469,"popularity":1.5,"vote_average":8.7,"vote_count":27000}\n',
        '{"id":238,"imdb_id":"tt0068646","title":"O Poderoso Chefão","runtime":175,"release_date":"1994-09-23",',
        '"budget":25000000,"revenue":28341469,"popularity":1.5,"vote_average":8.7,"vote_count":27000}\n',
      ].join(""),
    );
  });

  test("has null for what is unknown", () => {
    const unknown = {
      title: null,
      runtime: null,
      release_date: null,
      budget: null,
      revenue: null,
      popularity: null,
      vote_average: null,
      vote_count: null,
    };
    const records = new Map([["278", { ...movieRecord("tt0111161"), ...unknown, id: 278, imdb_id: null }]]);
    expect(loteObject({ run: "9f2c", ids: ["278"], records }).body).toBe(
      '{"id":278,"imdb_id":null,"title":null,"runtime":null,"release_date":null,"budget":null,"revenue":null,' +
        '"popularity":null,"vote_average":null,"vote_count":null}\n',
    );
  });

  test("has the records in the order of the lote's ids, whichever was fetched first", () => {
    const { body } = loteObject(loteFile(IDS, IDS.toReversed()));
    expect(body.match(/tt\d+(?=",)/g)?.filter((id, index, all) => all.indexOf(id) === index)).toEqual(IDS);
  });

  test("keeps a title with line ends, quotes or separators on its line", () => {
    const title = 'A "quoted"\ntitle\r\nof \u2028 three|lines\\';
    const object = loteObject(loteFile(IDS, IDS, { facts: { title } }));
    expect(object.body.split("\n")).toHaveLength(IDS.length + 1);
    expect(parseLoteFile(stored(object), IDS).records.get("tt0111161")?.title).toBe(title);
  });

  test("says what it is, of which run, and which ids have a record", () => {
    expect(loteObject(loteFile(IDS, ["tt0111161", "tt0050083"], { run: "9f2c" }))).toMatchObject({
      contentType: "application/x-ndjson",
      metadata: { run: "9f2c", ids: "tt0111161,-tt0068646,tt0050083" },
    });
  });

  test("does not name an id that is none: it may not even fit into a header", () => {
    const { metadata } = loteObject(loteFile(["tt0111161", "../é\n", "278"], ["tt0111161", "278"]));
    expect(metadata.ids).toBe("tt0111161,278");
  });

  test("of the largest lote, of ids as long as any that exist, keeps its metadata within S3's 2 kB", () => {
    const ids = Array.from({ length: 150 }, (_, index) => `tt${10_000_000 + index}`);
    const { metadata } = loteObject(loteFile(ids, [], { run: "0123456789abcdef" }));
    expect(metadata.ids?.split(",")).toHaveLength(150);
    expect(Buffer.byteLength(Object.entries(metadata).flat().join(""))).toBeLessThanOrEqual(2048);
  });

  test("leaves a list of ids out that would be beyond those 2 kB", () => {
    const { metadata } = loteObject(loteFile(longIds(150), longIds(150), { run: "0123456789abcdef" }));
    expect(metadata).toEqual({ run: "0123456789abcdef" });
  });
});

describe("reading a lote's file", () => {
  test("gives back what was written", () => {
    const file = loteFile(IDS, ["tt0111161", "tt0050083"]);
    expect(parseLoteFile(stored(loteObject(file)), [])).toEqual(file);
  });

  test("gives each record back under the id it was asked for, a TMDB id as well", () => {
    const records = new Map([["278", movieRecord("tt0111161", { id: 278 })]]);
    const file = parseLoteFile(stored(loteObject({ run: "run-1", ids: ["278", "240"], records })), []);
    expect([...file.records.keys()]).toEqual(["278"]);
    expect(file.ids).toEqual(["278", "240"]);
  });

  test("without the list of ids, finds the id each record was asked for among those that are asked", () => {
    const object = loteObject({
      run: "run-1",
      ids: ["278"],
      records: new Map([["278", movieRecord("tt0111161", { id: 278 })]]),
    });
    const bare = { ...stored(object), metadata: { run: "run-1" } };
    expect([...parseLoteFile(bare, ["240", "278"]).records.keys()]).toEqual(["278"]);
    expect([...parseLoteFile(bare, ["tt0111161"]).records.keys()]).toEqual(["tt0111161"]);
    expect([...parseLoteFile(bare, []).records.keys()]).toEqual(["tt0111161"]);
  });

  test("tells the run and counts the records without reading them", () => {
    const object = stored(loteObject(loteFile(movieIds(100), movieIds(97), { run: "9f2c" })));
    expect(runOf(object)).toBe("9f2c");
    expect(countRecords(object)).toBe(97);
  });

  test.each(["hello\n", "{}\n", "null\n", "[]\n", '{"id":"278"}\n', '{"id":278}\nhello\n', '{"id":278\n'])(
    "of something else is a LoteFileError with its cause: %j",
    (body) => {
      const reading = () => parseLoteFile(stored({ body, metadata: { run: "run-1" } }), []);
      expect(reading).toThrow(LoteFileError);
      expect(reading).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
    },
  );

  test("that an earlier version wrote gives each number its type when it is written again", () => {
    const { body, ...object } = loteObject(
      loteFile(IDS, IDS, { facts: { popularity: 8, vote_average: 7, runtime: 90 } }),
    );
    const earlier = body.replaceAll("8.0", "8").replaceAll("7.0", "7").replaceAll(":90,", ":90.5,");
    const again = loteObject(parseLoteFile(stored({ ...object, body: earlier }), IDS)).body;
    expect(again).toBe(body.replaceAll(":90,", ":91,"));
  });

  test("does not lose a last record whose line end somebody's editor dropped", () => {
    const object = loteObject(loteFile(IDS));
    const edited = stored({ ...object, body: object.body.trimEnd() });
    expect([...parseLoteFile(edited, IDS).records.keys()]).toEqual(IDS);
    expect(countRecords(edited)).toBe(3);
  });
});

describe("where the time of a lote went", () => {
  const times = { queue: 1_200, limiter: 4_700, pause: 2_000, tmdb: 310, s3: 45 };
  const work = (seconds: number, rest: object = {}) => ({
    startedAt: at(seconds),
    endedAt: at(seconds + 5),
    lastStartedAt: at(seconds),
    oldestFetchedAt: at(seconds),
    requests: 100,
    retries: 0,
    rate_limited: 0,
    reused: 0,
    times,
    ...rest,
  });
  const readBack = (ids: readonly string[], metadata: Record<string, string> = {}) => {
    const object = loteObject({ ...loteFile(ids), work: work(0) });
    return parseLoteFile(stored({ ...object, metadata: { ...object.metadata, ...metadata } }), ids).work;
  };

  test("is kept beside its records, in what S3 takes for metadata", () => {
    expect(readBack(movieIds(100))).toEqual({ ...work(0), origin: undefined });
    const { metadata } = loteObject({ ...loteFile(longIds(80)), work: work(0) });
    const bytes = Object.entries(metadata).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
    expect(bytes).toBeLessThanOrEqual(2_048);
  });

  test.each(["", "1,2,3", "1,2,3,4,-5", "a,b,c,d,e"])("is unknown of a file whose metadata say %j", (text) => {
    expect(readBack(IDS, { times: text })).toMatchObject({ requests: 100, times: undefined });
  });

  test("adds up over deliveries, unless one of them has not told it", () => {
    const merged = (known: LoteWork) =>
      mergeLote({ ...loteFile(IDS), work: known }, { ...loteFile(IDS), work: work(60) }).work;
    expect(merged(work(0))?.times).toEqual({ queue: 2_400, limiter: 9_400, pause: 4_000, tmdb: 620, s3: 90 });
    expect(merged(work(0, { times: undefined }))?.times).toBeUndefined();
    // A write whose answer was lost is done again.
    expect(merged(work(60))).toEqual(work(60));
  });
});
