import { beforeEach, describe, expect, test, vi } from "vitest";
import { inputKey, loteKey, manifestKey } from "../src/dataset/keys.ts";
import { isYoungEnough } from "../src/files/earlier-records.ts";
import { parseManifest } from "../src/files/manifest.ts";
import type { CsvVersion } from "../src/files/run-file.ts";
import type { MovieAnswer, NewObject, StoredObject } from "../src/ports.ts";
import { collect } from "../src/stages/collect.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { messageBody, parseMessage } from "../src/stages/message.ts";
import { produce } from "../src/stages/produce.ts";
import { knownRecords } from "../src/stages/reuse.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { FakeMovies, known } from "./support/fake-movies.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { movieIds, movieRecord } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { withoutWaiting } from "./support/without-waiting.ts";

const FIRST_DAY = "2026/10/31";
const NEXT_DAY = "2026/11/02";
const IDS = movieIds(6);
const [FIRST] = IDS as [string];
const NEW = "tt0000007";
const HOUR_MS = 3_600_000;
const NOT_FOUND: MovieAnswer = { failure: { reason: "not_found", status: 404, message: "no such movie" } };

/** A bucket that keeps the versions of its objects. */
class VersionedStore extends MemoryStore {
  readonly #versions = new Map<string, StoredObject>();

  override async get(key: string, versionId?: string): Promise<StoredObject | undefined> {
    const object = versionId === undefined ? await super.get(key) : this.#versions.get(versionId);
    return object && { ...object, versionId: `${key} ${object.etag}` };
  }

  override async head(key: string) {
    const head = await super.head(key);
    return head && { ...head, versionId: `${key} ${head.etag}` };
  }

  override async putIf(key: string, expectedEtag: string | undefined, object: NewObject): Promise<string> {
    const etag = await super.putIf(key, expectedEtag, object);
    const written = await super.get(key);
    if (written !== undefined) this.#versions.set(`${key} ${written.etag}`, written);
    return etag;
  }
}

let store: MemoryStore;
let loteQueue: MemoryQueue;
let deadLetterQueue: MemoryQueue;
let movies: FakeMovies;
let unknown: Set<string>;
let uploads = 0;
const warn = vi.fn();
const log = { ...QUIET.log, warn };

beforeEach(() => {
  withoutWaiting(new Date("2026-10-31T12:00:00.123Z"));
  store = new MemoryStore();
  loteQueue = new MemoryQueue();
  deadLetterQueue = new MemoryQueue();
  unknown = new Set();
  movies = answering("tmdb pt-BR");
  warn.mockReset();
});

function answering(origin: string): FakeMovies {
  return Object.assign(new FakeMovies((id) => (unknown.has(id) ? NOT_FOUND : known(id))), { origin });
}

interface Drop {
  readonly hours?: number;
  readonly loteSize?: number;
}

async function queue(date: string, ids: readonly string[], { hours = 24, loteSize = 3 }: Drop = {}): Promise<void> {
  const key = inputKey(date);
  await store.overwrite(key, csv(...ids.map((id) => row({ id }))));
  const etag = (await store.get(key))?.etag ?? "";
  const source: CsvVersion = { bucket: "lake", key, etag, size: 1, sequencer: String(++uploads).padStart(4, "0") };
  const reuse = { hours, origin: movies.origin };
  const settings = { filter: FILTER, loteSize, maxMalformedPercent: 1, reuse };
  await produce(source, date, { ...QUIET, log, store, loteQueue, deadLetterQueue, ...settings });
}

/** The consumers and the collector do their work. */
async function settle(hours = 24): Promise<void> {
  for (const { body } of loteQueue.take()) {
    const deps = { ...QUIET, log, store, deadLetterQueue, movies, reuseHours: hours };
    const end = performance.now() + 60_000;
    await consumeLote(parseMessage(body), { receiveCount: 1, sentAt: new Date(0) }, end, deps);
  }
  const letters = deadLetterQueue.take().map(({ body }) => ({ body, sentAt: new Date() }));
  await Promise.all(collect(letters, { ...QUIET, store, deadLetterQueue }));
}

/** @returns what TMDB was asked for */
async function run(date: string, ids: readonly string[], options: Drop = {}): Promise<string[]> {
  const before = movies.asked.length;
  await queue(date, ids, options);
  await settle(options.hours);
  return movies.asked.slice(before);
}

async function outputOf(date: string): Promise<string> {
  const keys = (await Array.fromAsync(store.list(loteKey(date, 1).replace("1.json", "")))).map(({ key }) => key).sort();
  return (await Promise.all(keys.map(async (key) => (await store.get(key))?.body))).join("--\n");
}

async function manifestOf(date: string) {
  const object = await store.get(manifestKey(date));
  return object && parseManifest(object);
}

function pass(hours: number): void {
  vi.setSystemTime(Date.now() + hours * HOUR_MS);
}

describe("with REUSE_HOURS", () => {
  test("only what is new is asked for the next day, and the files are those of a run that asked for everything", async () => {
    expect(await run(FIRST_DAY, IDS)).toEqual(IDS);
    pass(23);
    expect(await run(NEXT_DAY, [NEW, ...IDS])).toEqual([NEW]);
    expect(await manifestOf(NEXT_DAY)).toMatchObject({ reused: 6, requests: 1, stored: 7 });
    const output = await outputOf(NEXT_DAY);
    expect(await run(NEXT_DAY, [NEW, ...IDS], { hours: 0 })).toHaveLength(7);
    expect(await outputOf(NEXT_DAY)).toBe(output);
  });

  test("a corrected CSV of the same date asks for what is new, and records of the day before stand in for what the date lacks", async () => {
    await run(FIRST_DAY, IDS);
    await run(NEXT_DAY, [NEW]);
    expect(await run(NEXT_DAY, [...IDS, NEW, "tt0000008"])).toEqual(["tt0000008"]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("ids are found whatever their order and lote, before", async () => {
    await run(FIRST_DAY, IDS);
    expect(await run(NEXT_DAY, IDS.toReversed(), { loteSize: 2 })).toEqual([]);
  });

  test("each record keeps its own age, however often it was used again", async () => {
    await run(FIRST_DAY, IDS);
    pass(20);
    await run("2026/11/01", [...IDS.slice(0, 2), NEW, ...IDS.slice(2)]);
    expect((await manifestOf("2026/11/01"))?.files[0]?.oldest_fetched_at).toBe("2026-10-31T12:00:00.123Z");
    pass(4);
    expect(await run(NEXT_DAY, [...IDS, NEW])).toEqual(IDS);
  });

  test("a record is too old from the hour on, and asked for by a consumer that gets its message too late", async () => {
    await run(FIRST_DAY, IDS);
    pass(24);
    expect(await run(NEXT_DAY, IDS)).toEqual(IDS);
    pass(23);
    await queue("2026/11/03", IDS);
    pass(1);
    const before = movies.asked.length;
    await settle();
    expect(movies.asked.slice(before)).toEqual(IDS);
  });

  test("a failure is asked for again, and so is a replay of an id that has a record", async () => {
    unknown.add(FIRST);
    await run(FIRST_DAY, IDS);
    expect(await run(NEXT_DAY, IDS)).toEqual([FIRST]);
    const before = movies.asked.length;
    const { run: id = "" } = (await manifestOf(NEXT_DAY)) ?? {};
    const message = { kind: "replay", run: id, date: NEXT_DAY, lote: 2, ids: IDS.slice(3, 4), attempts: 1 } as const;
    await loteQueue.send([{ body: JSON.stringify({ version: 2, ...message, failures: [] }) }]);
    await settle();
    expect(movies.asked.slice(before)).toEqual(IDS.slice(3, 4));
  });

  test("records of another server, or in another language, are not those of this run", async () => {
    await run(FIRST_DAY, IDS);
    movies = answering("tmdb en-US");
    expect(await run(NEXT_DAY, IDS)).toEqual(IDS);
  });

  describe("a producer that begins again, since it died when the earlier run's files were gone", () => {
    async function resumed(): Promise<string[]> {
      await run(FIRST_DAY, IDS);
      const { send } = loteQueue;
      loteQueue.send = () => Promise.reject(new Error("SQS is away"));
      await expect(queue(FIRST_DAY, IDS)).rejects.toThrow("SQS is away");
      expect(await outputOf(FIRST_DAY)).toBe("");
      loteQueue.send = send;
      uploads--;
      return run(FIRST_DAY, IDS);
    }

    test("reads them where the bucket keeps versions", async () => {
      store = new VersionedStore();
      expect(await resumed()).toEqual([]);
      expect(await manifestOf(FIRST_DAY)).toMatchObject({ reused: 6, requests: 0 });
    });

    test("asks for their records where it does not", async () => {
      expect(await resumed()).toEqual(IDS);
      expect(warn).toHaveBeenCalledTimes(1);
    });
  });

  test("the end is looked for at once, since what is used again takes no time of the budget", async () => {
    const ids = movieIds(400);
    await run(FIRST_DAY, ids, { loteSize: 100 });
    await queue(NEXT_DAY, ids, { loteSize: 100 });
    expect(deadLetterQueue.messages).toMatchObject([{ delaySeconds: 2 }]);
  });
});

test("a record from the future is as one that is too old: nobody knows which clock is wrong", () => {
  const now = new Date();
  const at = (ms: number) => new Date(now.getTime() + ms);
  expect([-HOUR_MS, -HOUR_MS + 1, 0, 1].map((ms) => isYoungEnough(at(ms), 1, now))).toEqual([false, true, true, false]);
});

test("a message carries no more records than SQS takes, and the others are asked for", () => {
  const ids = movieIds(150);
  const title = "🎬".repeat(1_000);
  const earlier = new Map(ids.map((id) => [id, { record: movieRecord(id, { title }), fetchedAt: new Date(0) }]));
  const { known = [] } = knownRecords(ids, earlier);
  expect(known.length).toBeGreaterThan(0);
  expect(known.length).toBeLessThan(ids.length);
  const body = messageBody({ kind: "lote", run: "9f2c", date: FIRST_DAY, lote: 1, ids, attempts: 0, known });
  expect(Buffer.byteLength(body)).toBeLessThan(1024 * 1024);
});

describe("what can't be used is one line in the log, and asked for:", () => {
  test.each([
    ["a manifest of a future version", (text: string) => text.replace('"version": 1', '"version": 2')],
    ["a manifest edited by hand", (text: string) => text.replace('"run"', '"ran"')],
    ["what is no JSON", () => "finished"],
    ["a manifest that names another date's files", (text: string) => text.replaceAll("/lote_", "/../lote_")],
    [
      "a manifest that names files as they are not",
      (text: string) => text.replaceAll(/"etag": "[^"]*"/g, '"etag": "x"'),
    ],
  ])("%s", async (_, edit) => {
    await run(FIRST_DAY, IDS);
    await store.overwrite(manifestKey(FIRST_DAY), edit((await store.get(manifestKey(FIRST_DAY)))?.body ?? ""));
    expect(await run(NEXT_DAY, IDS)).toEqual(IDS);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test("a file that is gone, or that somebody wrote anew", async () => {
    await run(FIRST_DAY, IDS);
    await store.overwrite(loteKey(FIRST_DAY, 1), "{}\n");
    expect(await run(NEXT_DAY, IDS)).toEqual(IDS.slice(0, 3));
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("gone or changed"), {
      manifest: manifestKey(FIRST_DAY),
      files: 1,
    });
  });
});
