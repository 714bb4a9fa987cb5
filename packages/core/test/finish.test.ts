import { beforeEach, describe, expect, test, vi } from "vitest";
import { inputKey, ledgerKey, loteKey, manifestKey, runKey } from "../src/dataset/keys.ts";
import { type Manifest, names, parseManifest } from "../src/files/manifest.ts";
import type { CsvVersion } from "../src/files/run-file.ts";
import { cancelRun } from "../src/operator/cancel-run.ts";
import type { MovieAnswer, OutgoingMessage } from "../src/ports.ts";
import { collect } from "../src/stages/collect.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { firstClosing } from "../src/stages/finish.ts";
import { type Closing, messageBody, parseMessage } from "../src/stages/message.ts";
import { produce } from "../src/stages/produce.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { FakeMovies, known } from "./support/fake-movies.ts";
import { InterruptedStore } from "./support/interrupted-store.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { movieIds } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { withoutWaiting } from "./support/without-waiting.ts";

const DATE = "2026/11/23";
const IDS = ["tt0000001", "tt0000002", "tt0000003", "tt0000004"];
const [FIRST, , , LAST] = IDS as [string, string, string, string];
const MINUTE_MS = 60_000;
const NOT_FOUND: MovieAnswer = { failure: { reason: "not_found", status: 404, message: "no such movie" } };

let store: InterruptedStore;
let loteQueue: MemoryQueue;
let deadLetterQueue: MemoryQueue;
let unknown: Set<string>;
let uploads = 0;

beforeEach(() => {
  withoutWaiting();
  store = new InterruptedStore(manifestKey(DATE));
  loteQueue = new MemoryQueue();
  deadLetterQueue = new MemoryQueue();
  unknown = new Set();
});

async function drop(ids: readonly string[] = IDS): Promise<void> {
  const key = inputKey(DATE);
  await store.overwrite(key, csv(...ids.map((id) => row({ id }))));
  const etag = (await store.get(key))?.etag ?? "";
  const source: CsvVersion = { bucket: "lake", key, etag, size: 1, sequencer: String(++uploads).padStart(4, "0") };
  const settings = { filter: FILTER, loteSize: 2, maxMalformedPercent: 1 };
  await produce(source, DATE, { ...QUIET, store, loteQueue, deadLetterQueue, ...settings });
}

async function consume(messages: readonly OutgoingMessage[], receiveCount = 1): Promise<void> {
  const movies = new FakeMovies((id) => (unknown.has(id) ? NOT_FOUND : known(id)));
  for (const { body } of messages) {
    const end = performance.now() + MINUTE_MS;
    const deps = { ...QUIET, store, deadLetterQueue, movies };
    await consumeLote(parseMessage(body), { receiveCount, sentAt: new Date(0) }, end, deps);
  }
}

/** The collector takes what stands in its queue. */
async function collectAll(): Promise<void> {
  const letters = deadLetterQueue.take().map(({ body }) => ({ body, sentAt: new Date() }));
  await Promise.all(collect(letters, { ...QUIET, store, deadLetterQueue }));
}

async function manifest() {
  const object = await store.get(manifestKey(DATE));
  return object && parseManifest(object);
}

function closingsWaiting() {
  return deadLetterQueue.messages.filter(({ body }) => parseMessage(body).kind === "closing");
}

async function finished(): Promise<void> {
  await drop();
  await consume(loteQueue.take());
  await collectAll();
}

describe("a run that has settled", () => {
  test("has a manifest of its files, as they are", async () => {
    unknown.add(LAST);
    await finished();
    const lote = async (number: number) => ({
      key: loteKey(DATE, number),
      etag: (await store.get(loteKey(DATE, number)))?.etag,
    });
    expect(await manifest()).toMatchObject({
      version: 1,
      attribution: expect.stringMatching(/This product uses the TMDB API but is not endorsed or certified by TMDB\.$/),
      date: DATE,
      revision: 1,
      ids: 4,
      stored: 3,
      failed: 1,
      failed_by_reason: { not_found: 1 },
      reused: 0,
      requests: 4,
      files: [
        { ...(await lote(1)), records: 2 },
        { ...(await lote(2)), records: 1 },
      ],
      ledger: { key: ledgerKey(DATE), etag: (await store.get(ledgerKey(DATE)))?.etag, entries: 1 },
    });
  });

  test("has one without a ledger when nothing failed, and nothing is asked any more", async () => {
    await finished();
    expect(await manifest()).toMatchObject({ stored: 4, failed: 0, failed_by_reason: {}, ledger: null });
    expect(deadLetterQueue.messages).toEqual([]);
  });

  test("is still known by a manifest that an earlier version wrote, without the attribution", async () => {
    await finished();
    const { attribution, ...earlier } = (await manifest()) as Manifest;
    expect(attribution).toBeDefined();
    await store.overwrite(manifestKey(DATE), JSON.stringify(earlier));
    await deadLetterQueue.send([{ body: messageBody({ kind: "closing", run: earlier.run, date: DATE }) }]);
    await collectAll();
    expect(await manifest()).toEqual(earlier);
  });

  test("is told of once, however often it is looked at", async () => {
    await finished();
    const first = await store.get(manifestKey(DATE));
    const run = (await manifest())?.run ?? "";
    await deadLetterQueue.send([{ body: messageBody({ kind: "closing", run, date: DATE }) }]);
    await collectAll();
    expect(await store.get(manifestKey(DATE))).toEqual(first);
  });

  test("has another revision once a replay changed its account", async () => {
    unknown.add(LAST);
    await finished();
    const run = (await manifest())?.run ?? "";
    unknown.clear();
    const failures = [{ id: LAST, reason: "not_found" as const, status: 404, message: "" }];
    await consume([
      { body: messageBody({ kind: "replay", run, date: DATE, lote: 2, ids: [LAST], attempts: 1, failures }) },
    ]);
    await collectAll();
    expect(await manifest()).toMatchObject({ run, revision: 2, stored: 4, failed: 0, ledger: null });
  });

  test("has another revision when a second delivery wrote a file anew", async () => {
    await drop();
    const lotes = loteQueue.take();
    await consume(lotes);
    await collectAll();
    const before = await manifest();
    const renamed = new FakeMovies(
      (id) => ({ record: { ...(known(id) as { record: object }).record, title: "Another" } }) as MovieAnswer,
    );
    const end = performance.now() + MINUTE_MS;
    const [{ body = "" } = {}] = lotes;
    const delivery = { receiveCount: 1, sentAt: new Date(0) };
    await consumeLote(parseMessage(body), delivery, end, { ...QUIET, store, deadLetterQueue, movies: renamed });
    await collectAll();
    expect(await manifest()).toMatchObject({
      revision: 2,
      stored: 4,
      files: [{ etag: (await store.get(loteKey(DATE, 1)))?.etag }, {}],
    });
    expect(before?.revision).toBe(1);
  });
});

describe("a run that has not settled has no manifest, and is looked at again", () => {
  test("while a lote was not heard of", async () => {
    await drop();
    await consume(loteQueue.take().slice(1));
    await collectAll();
    expect(await manifest()).toBeUndefined();
    expect(closingsWaiting()).toMatchObject([{ delaySeconds: 2 }]);
  });

  test("while a failure is not in the ledger", async () => {
    unknown.add(FIRST);
    await drop();
    await consume(loteQueue.take());
    const reports = deadLetterQueue.take().filter(({ body }) => parseMessage(body).kind === "report");
    const run = parseMessage(reports[0]?.body ?? "").run;
    await deadLetterQueue.send([{ body: messageBody({ kind: "closing", run, date: DATE }) }]);
    await collectAll();
    expect(await manifest()).toBeUndefined();
    await deadLetterQueue.send(reports);
    await collectAll();
    expect(await manifest()).toMatchObject({ failed: 1, stored: 3 });
  });

  test("while its lotes are being queued", async () => {
    await drop();
    const closings = deadLetterQueue.take();
    expect(closings).toHaveLength(1);
    const { run } = parseMessage(closings[0]?.body ?? "");
    expect(run).toMatch(/^[0-9a-f]{16}$/);
  });

  test("when a file is replaced between the look and the second look", async () => {
    await drop();
    await consume(loteQueue.take());
    const list = store.list.bind(store);
    let lists = 0;
    store.list = (prefix) => {
      if (++lists === 2) return (async function* () {})();
      return list(prefix);
    };
    await collectAll();
    expect(await manifest()).toBeUndefined();
    expect(closingsWaiting()).toHaveLength(1);
  });

  test("when it had settled, and an earlier run's file was removed between two looks at it, is looked at again", async () => {
    unknown.add(LAST);
    await drop();
    const lotes = loteQueue.take();
    await consume(lotes);
    await collectAll();
    await store.overwrite(loteKey(DATE, 9), "");
    await consume(lotes, 2);
    const { etag = "" } = (await store.get(loteKey(DATE, 9))) ?? {};
    const list = store.list.bind(store);
    store.list = async function* (prefix) {
      yield* list(prefix);
      await store.removeIf(loteKey(DATE, 9), etag);
    };
    await collectAll();
    expect(closingsWaiting()).toHaveLength(1);
    await collectAll();
    const ledger = await store.get(ledgerKey(DATE));
    expect(await manifest()).toMatchObject({ revision: 2, failed: 1, ledger: { etag: ledger?.etag } });
    expect(deadLetterQueue.messages).toEqual([]);
  });

  describe("when it had settled, and meanwhile", () => {
    beforeEach(async () => {
      unknown.add(LAST);
      await finished();
      const { run = "" } = (await manifest()) ?? {};
      const { etag = "" } = (await store.get(manifestKey(DATE))) ?? {};
      await store.removeIf(manifestKey(DATE), etag);
      await deadLetterQueue.send([{ body: messageBody({ kind: "closing", run, date: DATE }) }]);
    });

    test("its ledger was written anew after it was read", async () => {
      const head = store.head.bind(store);
      vi.spyOn(store, "head").mockImplementationOnce(async (key) => {
        await store.overwrite(ledgerKey(DATE), `${(await store.get(ledgerKey(DATE)))?.body}\n`);
        return head(key);
      });
      await collectAll();
      expect(await manifest()).toBeUndefined();
      expect(closingsWaiting()).toHaveLength(1);
    });

    test("it was cancelled after its files were looked at for the second time", async () => {
      const list = store.list.bind(store);
      let lists = 0;
      store.list = async function* (prefix) {
        yield* list(prefix);
        if (++lists === 2) await cancelRun(store, DATE, new Date());
      };
      await collectAll();
      expect(lists).toBe(2);
      expect(await manifest()).toBeUndefined();
    });
  });

  test("when an id is both stored and failed, and so makes up for one that is neither", async () => {
    unknown.add(FIRST);
    const [, second = "", third = ""] = IDS;
    // The last is no id: it fails, and the file of its lote does not tell that it lacks it.
    await drop([FIRST, second, third, "no-id"]);
    await consume(loteQueue.take());
    const [report] = deadLetterQueue.take().filter(({ body }) => parseMessage(body).kind === "report");
    const { run } = parseMessage(report?.body ?? "");
    const closing = { body: messageBody({ kind: "closing", run, date: DATE }) };
    await deadLetterQueue.send([report as OutgoingMessage, closing]);
    await collectAll();
    const { body = "" } = (await store.get(ledgerKey(DATE))) ?? {};
    // Somebody's copy of the line, under an id that is stored.
    await store.overwrite(ledgerKey(DATE), body + body.replace(FIRST, second));
    await deadLetterQueue.send([closing]);
    await collectAll();
    expect(await manifest()).toBeUndefined();
  });
});

describe("a run that was superseded", () => {
  test("is not asked for any more, and its manifest stays until the later run has settled", async () => {
    await finished();
    const before = await manifest();
    await drop(IDS.slice(0, 2));
    expect(await manifest()).toEqual(before);
    await deadLetterQueue.send([{ body: messageBody({ kind: "closing", run: before?.run ?? "", date: DATE }) }]);
    await consume(loteQueue.take());
    await collectAll();
    expect(await manifest()).toMatchObject({ revision: 1, ids: 2, stored: 2 });
    expect((await manifest())?.run).not.toBe(before?.run);
    expect(deadLetterQueue.messages).toEqual([]);
  });

  test("writes no manifest over that of the later one", async () => {
    await drop();
    await consume(loteQueue.take());
    const letters = deadLetterQueue.take();
    store.interrupt = async () => {
      await drop(IDS.slice(0, 2));
      await consume(loteQueue.take());
      await collectAll();
    };
    await deadLetterQueue.send(letters);
    await collectAll();
    expect(await manifest()).toMatchObject({ ids: 2, revision: 1 });
  });
});

describe("a manifest that can't be read", () => {
  test.each([
    ["by hand", "{}"],
    ["by a later version", JSON.stringify({ version: 2 })],
    ["as no JSON", "finished"],
  ])("since it was written %s is written anew", async (_, body) => {
    await store.overwrite(manifestKey(DATE), body);
    await finished();
    expect(await manifest()).toMatchObject({ revision: 1, stored: 4 });
  });
});

test("a closing message that was sent to LoteQueue goes back to where the collector finds it", async () => {
  const closing = { body: messageBody({ kind: "closing", run: "9f2c", date: DATE }) };
  await consume([closing]);
  expect(deadLetterQueue.messages).toEqual([closing]);
});

test("a long run is looked at again when the rest of its ids can have been asked for, and not before", async () => {
  const ids = Array.from({ length: 400 }, (_, index) => `tt${String(index).padStart(7, "0")}`);
  await drop(ids);
  expect(closingsWaiting()).toMatchObject([{ delaySeconds: 10 }]);
});

describe("the first question whether a run has settled", () => {
  const asked = (ids: number) => {
    const { body, delaySeconds } = firstClosing({ run: "9f2c", date: DATE, ids, lotes: ids / 100 }, 0, 40);
    return { delaySeconds, unheard: (parseMessage(body) as Closing).unheard };
  };

  test("of a run of five minutes comes at its end, and waits for its last lote", () => {
    expect(asked(12_000)).toEqual({ delaySeconds: 300, unheard: 120 });
  });

  test("of a longer run comes shortly before its end, and takes a look at all lotes", () => {
    expect(asked(20_000)).toEqual({ delaySeconds: 485, unheard: undefined });
  });

  test("of a run of hours comes after ten minutes", () => {
    expect(asked(1_000_000)).toEqual({ delaySeconds: 600, unheard: undefined });
  });
});

test("of a run of many lotes one is waited for that comes soon, so that the lotes before it are looked at meanwhile", async () => {
  await drop(movieIds(1_200));
  const lotes = loteQueue.take();
  const waitsFor = () => closingsWaiting().map(({ body }) => (parseMessage(body) as Closing).unheard);
  expect([lotes.length, waitsFor()]).toEqual([600, [500]]);
  await consume([lotes[0], lotes[1], lotes[499]].filter((lote) => lote !== undefined));
  await collectAll();
  expect(waitsFor()).toEqual([503]);
});

test("a run that has settled by nothing but failures before it is declared queued has a manifest all the same", async () => {
  const ids = Array.from({ length: 400 }, (_, index) => `x${index}`);
  const queued = store.putIf.bind(store);
  vi.spyOn(store, "putIf").mockImplementation(async (key, etag, object) => {
    if (key === runKey(DATE) && etag !== undefined && deadLetterQueue.messages.length > 0) {
      const first = deadLetterQueue.take();
      await consume(loteQueue.take());
      await collectAll();
      await deadLetterQueue.send(first);
    }
    return queued(key, etag, object);
  });
  await drop(ids);
  vi.restoreAllMocks();
  expect(closingsWaiting().map(({ delaySeconds }) => delaySeconds)).toContain(2);
  await collectAll();
  expect(await manifest()).toMatchObject({ failed: 400, stored: 0 });
});

test("a manifest names the files of a date if it has each of them as it is, and no other", () => {
  const [a, b] = [
    { key: "a", etag: "1" },
    { key: "b", etag: "2" },
  ] as const;
  const manifest = { files: [a, b], ledger: { etag: "3" } } as unknown as Manifest;
  expect(names(manifest, [b, a], "3")).toBe(true);
  expect(names(manifest, [a], "3")).toBe(false);
  expect(names(manifest, [a, b, { key: "c", etag: "4" }], "3")).toBe(false);
  expect(names(manifest, [a, { key: "b", etag: "4" }], "3")).toBe(false);
  expect(names(manifest, [a, b], undefined)).toBe(false);
});
