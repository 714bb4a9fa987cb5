import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  inputKey,
  ledgerKey,
  ledgerPartKey,
  ledgerPartOfKey,
  ledgerPartPrefix,
  manifestKey,
  runKey,
} from "../src/dataset/keys.ts";
import { Ledger } from "../src/files/ledger.ts";
import { parseManifest } from "../src/files/manifest.ts";
import { OutputMemory } from "../src/files/output-memory.ts";
import { type CsvVersion, parseRunFile, runObject } from "../src/files/run-file.ts";
import { Accountant } from "../src/operator/account.ts";
import { cancelRun } from "../src/operator/cancel-run.ts";
import { explain } from "../src/operator/explain.ts";
import { gatherLedger } from "../src/operator/gather-ledger.ts";
import type { MovieAnswer, OutgoingMessage, StoredObject } from "../src/ports.ts";
import { collect } from "../src/stages/collect.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { messageBody, parseMessage } from "../src/stages/message.ts";
import { produce } from "../src/stages/produce.ts";
import type { LedgerParts } from "../src/topology.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { FakeMovies, known } from "./support/fake-movies.ts";
import { InterruptedStore } from "./support/interrupted-store.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { QUIET } from "./support/quiet.ts";
import { ledgerOf, malformedReport, report } from "./support/reports.ts";
import { withoutWaiting } from "./support/without-waiting.ts";

const DATE = "2026/11/23";
const MINUTE_MS = 60_000;
const NOT_FOUND: MovieAnswer = { failure: { reason: "not_found", status: 404, message: "no such movie" } };
/** Two ids a lote, two lotes a part. */
const PARTS: LedgerParts = { mostLotesInOne: 2, lotesOfPart: 2 };
const WHOLE: LedgerParts = { mostLotesInOne: 1_000, lotesOfPart: 2 };
const IDS = idsOf(10);
/** One of each lote. */
const UNKNOWN = IDS.filter((_, index) => index % 2 === 0);

/** Of an earlier run. */
const FAILURE = report({ id: "tt9999999", run: "earlier" });
const FOREIGN = malformedReport("of another program");

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tt${String(index + 1).padStart(7, "0")}`);
}

/** Counts what is read of ledgers. */
class CountingStore extends InterruptedStore {
  ledgerBytesRead = 0;

  override async get(key: string) {
    const object = await super.get(key);
    const isLedger = key === ledgerKey(DATE) || ledgerPartOfKey(key) !== undefined;
    if (isLedger) this.ledgerBytesRead += object?.body.length ?? 0;
    return object;
  }

  override async head(key: string) {
    const before = this.ledgerBytesRead;
    const head = await super.head(key);
    this.ledgerBytesRead = before;
    return head;
  }
}

let store: CountingStore;
let loteQueue: MemoryQueue;
let deadLetterQueue: MemoryQueue;
let uploads = 0;

beforeEach(() => {
  withoutWaiting();
  store = new CountingStore(ledgerKey(DATE));
  loteQueue = new MemoryQueue();
  deadLetterQueue = new MemoryQueue();
});

async function drop(ids: readonly string[], ledgerParts = PARTS): Promise<void> {
  const key = inputKey(DATE);
  await store.overwrite(key, csv(...ids.map((id) => row({ id }))));
  const etag = (await store.get(key))?.etag ?? "";
  const source: CsvVersion = { bucket: "lake", key, etag, size: 1, sequencer: String(++uploads).padStart(4, "0") };
  const settings = { filter: FILTER, loteSize: 2, maxMalformedPercent: 1, ledgerParts };
  await produce(source, DATE, { ...QUIET, store, loteQueue, deadLetterQueue, ...settings });
}

async function consume(messages: readonly OutgoingMessage[], unknown: readonly string[] = UNKNOWN): Promise<void> {
  const movies = new FakeMovies((id) => (unknown.includes(id) ? NOT_FOUND : known(id)));
  for (const { body } of messages) {
    const delivery = { receiveCount: 1, sentAt: new Date(0) };
    const end = performance.now() + MINUTE_MS;
    await consumeLote(parseMessage(body), delivery, end, { ...QUIET, store, deadLetterQueue, movies });
  }
}

async function collectAll(letters = deadLetterQueue.take(), memory?: OutputMemory): Promise<void> {
  const sentAt = new Date("2026-11-23T12:00:00Z");
  await Promise.all(
    collect(
      letters.map(({ body }) => ({ body, sentAt })),
      { ...QUIET, store, deadLetterQueue, ...(memory && { memory }) },
    ),
  );
}

async function finished(ids: readonly string[] = IDS, ledgerParts = PARTS): Promise<void> {
  await drop(ids, ledgerParts);
  await consume(loteQueue.take());
  await collectAll();
}

async function parts(): Promise<string[]> {
  const objects = await Array.fromAsync(store.list(ledgerPartPrefix(DATE)));
  return objects.map(({ key }) => key).sort();
}

async function ledger(): Promise<string> {
  return (await store.get(ledgerKey(DATE)))?.body ?? "";
}

function closingsWaiting() {
  return deadLetterQueue.messages.map(({ body }) => parseMessage(body)).filter(({ kind }) => kind === "closing");
}

describe("a run with many lotes", () => {
  test("has its entries in parts, and once it has settled in one ledger, line by line that of a run without parts", async () => {
    await finished(IDS, WHOLE);
    const run = parseManifest((await store.get(manifestKey(DATE))) ?? { body: "" }).run;
    const whole = (await ledger()).replaceAll(run, "RUN");
    expect(await parts()).toEqual([]);
    await finished(IDS, PARTS);
    const manifest = parseManifest((await store.get(manifestKey(DATE))) ?? { body: "" });
    expect((await ledger()).replaceAll(manifest.run, "RUN")).toBe(whole);
    expect(await parts()).toEqual([1, 2, 3].map((part) => ledgerPartKey(DATE, part)));
    expect(manifest).toMatchObject({ stored: 5, failed: 5, failed_by_reason: { not_found: 5 } });
    expect(manifest.ledger).toMatchObject({ entries: 5, etag: (await store.get(ledgerKey(DATE)))?.etag });
  });

  test("is told of from its parts before that", async () => {
    await drop(IDS);
    await consume(loteQueue.take().slice(0, 3));
    await collectAll();
    expect(await ledger()).toBe("");
    const account = await new Accountant(store, DATE).account();
    expect(account).toMatchObject({ stored: 3, settled: false });
    expect(account?.failures.map(({ imdb_id }) => imdb_id)).toEqual(UNKNOWN.slice(0, 3));
    expect((await explain(store, DATE, UNKNOWN[2] ?? ""))?.fate).toMatchObject({
      state: "failed",
      failure: { lote: 3 },
    });
    await gatherLedger(store, DATE);
    expect((await ledger()).split("\n")).toHaveLength(3 + 1);
  });

  test("has its ledger put together anew when a replay has changed a part", async () => {
    await finished();
    const { run } = parseManifest((await store.get(manifestKey(DATE))) ?? { body: "" });
    const [, second = ""] = UNKNOWN;
    const failures = [{ id: second, reason: "not_found" as const, status: 404, message: "" }];
    const replay = { kind: "replay" as const, run, date: DATE, lote: 2, ids: [second], attempts: 1, failures };
    await consume([{ body: messageBody(replay) }], []);
    await collectAll();
    expect(await ledger()).not.toContain(second);
    expect(parseManifest((await store.get(manifestKey(DATE))) ?? { body: "" })).toMatchObject({
      revision: 2,
      failed: 4,
    });
  });

  test("keeps strangers' messages after all entries", async () => {
    await drop(IDS);
    await deadLetterQueue.send([{ body: JSON.stringify({ hello: "world", date: DATE }) }]);
    await consume(loteQueue.take());
    await collectAll();
    const lines = (await ledger()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).lote)).toEqual([1, 2, 3, 4, 5, null]);
    expect(await new Accountant(store, DATE).account()).toMatchObject({ settled: true, malformedMessages: [{}] });
  });

  test("leaves no part behind once a later upload is in force, whichever way that keeps its ledger", async () => {
    await finished();
    const late = { kind: "report" as const, run: "superseded", date: DATE, lote: 9, ids: ["tt1"], attempts: 1 };
    await finished(IDS.slice(0, 2), WHOLE);
    await collectAll([{ body: messageBody({ ...late, failures: [], recovered: [] }) }]);
    expect(await parts()).toEqual([]);
    expect(await ledger()).toContain(UNKNOWN[0]);
  });

  test("loses what its killed collector had on its way when a later upload took over, once the letters come again", async () => {
    await drop(IDS);
    const [letter] = loteQueue.take() as [OutgoingMessage];
    const { run } = JSON.parse(letter.body);
    await finished(IDS.slice(0, 2), WHOLE);
    await store.putIf(ledgerPartKey(DATE, 20), undefined, { body: "{}\n", contentType: "", metadata: { run } });
    await collectAll([letter]);
    expect(await parts()).toEqual([]);
    expect(await ledger()).toContain(UNKNOWN[0]);
  });

  test("loses what its killed collector had on its way when it was given up, once the letters come again", async () => {
    await drop(IDS);
    const [letter] = loteQueue.take() as [OutgoingMessage];
    const run = parseRunFile((await store.get(runKey(DATE))) as StoredObject);
    await store.overwrite(runKey(DATE), runObject({ ...run, status: "rejected", error: "replaced" }).body);
    const metadata = { run: run.run };
    await store.putIf(ledgerPartKey(DATE, 1), undefined, { body: "{}\n", contentType: "", metadata });
    await collectAll([letter]);
    expect(await parts()).toEqual([]);
  });

  test("loses what its killed collector had on its way of another program's message, once that comes again", async () => {
    await drop(IDS);
    const { run } = parseRunFile((await store.get(runKey(DATE))) as StoredObject);
    await finished(IDS.slice(0, 2), WHOLE);
    const stranger = { body: JSON.stringify({ date: DATE, order: 42 }) };
    await store.putIf(ledgerPartKey(DATE, 0), undefined, { body: "{}\n", contentType: "", metadata: { run } });
    await collectAll([stranger]);
    expect(await parts()).toEqual([]);
    expect(await ledger()).toContain("order");
  });

  test("has another program's message in its ledger, once it comes again, of which an earlier run's collector had the same part on its way", async () => {
    const stranger = { body: JSON.stringify({ date: DATE, order: 42 }) };
    await drop(IDS);
    await collectAll([stranger]);
    const late = (await store.get(ledgerPartKey(DATE, 0))) as StoredObject;
    await drop(IDS);
    await store.putIf(ledgerPartKey(DATE, 0), undefined, { ...late, contentType: "" });
    await consume(loteQueue.take());
    await collectAll();
    expect(await ledger()).toContain(UNKNOWN[0]);
    expect(await ledger()).not.toContain("order");
    await collectAll([stranger]);
    expect(await ledger()).toContain(UNKNOWN[0]);
    expect(await ledger()).toContain("order");
  });

  test("leaves no ledger behind when a later upload takes over while it is put together", async () => {
    await drop(IDS);
    await consume(loteQueue.take());
    store.interrupt = () => drop(IDS.slice(0, 2), WHOLE);
    await collectAll();
    expect(await ledger()).toBe("");
    expect(await parts()).toEqual([]);
  });

  test.each([
    ["failures", [FAILURE], []],
    ["failures and another program's message", [FAILURE, FOREIGN], [FOREIGN]],
    ["another program's message", [FOREIGN], [FOREIGN]],
  ])(
    "has its ledger of %s arrive in a later run, where nothing fails, and only what is of no run stays",
    async (_, reports, left) => {
      await drop(IDS.slice(0, 2), WHOLE);
      const { run } = parseRunFile((await store.get(runKey(DATE))) as StoredObject);
      const { body, contentType } = ledgerOf(...reports).toObject("earlier");
      await store.putIf(ledgerKey(DATE), undefined, {
        body,
        contentType,
        metadata: { run: "earlier", parts: "a state" },
      });
      await consume(loteQueue.take(), []);
      for (let nth = 0; nth < 3; nth++) await collectAll();

      expect(await ledger()).toBe(ledgerOf(...left).toObject(run).body);
      expect((await store.get(ledgerKey(DATE)))?.metadata.run).toBe(left.length > 0 ? run : undefined);
      const { ledger: named } = parseManifest((await store.get(manifestKey(DATE))) as StoredObject);
      expect(named?.entries).toBe(left.length > 0 ? left.length : undefined);
    },
  );

  test("has every byte of its parts in its ledger, however large they are", async () => {
    await drop(IDS);
    const { run } = parseRunFile((await store.get(runKey(DATE))) as StoredObject);
    const lines = (part: number) => `{"part":${part},"message":"${"não está 🎬 ".repeat(2_000 * part)}"}\n`;
    for (const part of [1, 2, 3, 10]) {
      const object = { body: lines(part), contentType: "", metadata: { run } };
      await store.putIf(ledgerPartKey(DATE, part), undefined, object);
    }
    await gatherLedger(store, DATE);
    expect(await ledger()).toBe([1, 2, 3, 10].map(lines).join(""));
  });

  test("has nothing in its ledger of a part that an earlier run has left", async () => {
    await drop(IDS);
    const left = new Ledger();
    left.enter(report({ id: "tt9999999", run: "earlier", lote: 5 }));
    await store.putIf(ledgerPartKey(DATE, 3), undefined, left.toObject("earlier"));
    await consume(loteQueue.take().slice(0, 1));
    await collectAll();
    await cancelRun(store, DATE, new Date());
    expect((await ledger()).trim().split("\n")).toHaveLength(1);
    expect(await ledger()).not.toContain("tt9999999");
  });

  test("has no line for long that stood in a part only while the ledger was put together", async () => {
    await drop(IDS);
    await consume(loteQueue.take().slice(0, 3));
    await collectAll();
    const part = ledgerPartKey(DATE, 1);
    const before = await store.get(part);
    const entries = Ledger.parse(before);
    entries.enter(report({ id: IDS[1] ?? "", run: before?.metadata.run ?? "", lote: 1 }));
    // It is entered after the parts were listed, and taken out again before anybody looks.
    const passing = { ...entries.toObject(before?.metadata.run ?? ""), etag: "passing", modifiedAt: new Date(0) };
    const get = store.get.bind(store);
    const reads = vi.spyOn(store, "get").mockImplementation(async (key) => (key === part ? passing : get(key)));
    await gatherLedger(store, DATE);
    reads.mockRestore();
    expect(await ledger()).toContain(IDS[1]);
    await gatherLedger(store, DATE);
    expect(await ledger()).not.toContain(IDS[1]);
  });

  test("has no manifest that counts failures without a ledger, though its parts were out of sight only while that was put together", async () => {
    await drop(IDS);
    await consume(loteQueue.take());
    const list = store.list.bind(store);
    let nth = 0;
    // The stock lists the parts, and then whoever puts them together does.
    const lists = vi.spyOn(store, "list").mockImplementation(async function* (prefix) {
      if (prefix === ledgerPartPrefix(DATE) && ++nth === 2) return;
      yield* list(prefix);
    });
    await collectAll();
    lists.mockRestore();
    expect(nth).toBe(2);
    expect(await store.get(manifestKey(DATE))).toBeUndefined();
    await collectAll();
    expect(parseManifest((await store.get(manifestKey(DATE))) ?? { body: "" }).ledger).toMatchObject({ entries: 5 });
  });

  test("is explained with the name of the part whose line is none", async () => {
    await finished();
    await store.overwrite(ledgerPartKey(DATE, 1), "by hand");
    await expect(explain(store, DATE, UNKNOWN[0] ?? "")).rejects.toThrow("line 1 of _erros_1.json is no entry");
  });

  test("has the ledger of what failed before it was cancelled at once, and of what is reported after that", async () => {
    await drop(IDS);
    const lotes = loteQueue.take();
    await consume(lotes.slice(0, 1));
    await collectAll();
    await consume(lotes.slice(1, 2));
    await cancelRun(store, DATE, new Date());
    expect((await ledger()).trim().split("\n")).toHaveLength(1);
    await collectAll();
    expect((await ledger()).trim().split("\n")).toHaveLength(2);
  });
});

describe("what is read and asked for does not grow with a run", () => {
  test("a consumer reads nothing of the ledger, however many ids have failed", async () => {
    await drop(idsOf(60));
    const lotes = loteQueue.take();
    await consume(lotes.slice(0, -1), idsOf(60));
    await collectAll();
    store.ledgerBytesRead = 0;
    await consume(lotes.slice(-1));
    expect(store.ledgerBytesRead).toBe(0);
  });

  test("a collector puts together what it has written itself without reading it, and reads what others have changed", async () => {
    await drop(IDS);
    const lotes = loteQueue.take();
    const memory = new OutputMemory();
    await consume(lotes.slice(0, -1));
    await collectAll(undefined, memory);
    const [first, second] = [ledgerPartKey(DATE, 1), ledgerPartKey(DATE, 2)];
    const { body, etag, metadata } = (await store.get(second)) as StoredObject;
    const changed = { body: body.replaceAll("no such movie", "changed"), contentType: "", metadata };
    await store.putIf(second, etag, changed);
    await consume(lotes.slice(-1));
    const read = vi.spyOn(store, "get");
    await collectAll(undefined, memory);
    const keys = read.mock.calls.map(([key]) => key);
    read.mockRestore();
    expect(keys).not.toContain(first);
    expect(keys).toContain(second);
    expect((await ledger()).split("\n").map((line) => line.includes("changed"))).toEqual([
      ...[false, false, true, true, false],
      false,
    ]);
  });

  test("a collector reads the part that its reports are of, and takes no stock while the last lotes are open", async () => {
    await drop(idsOf(60));
    const lotes = loteQueue.take();
    deadLetterQueue.take();
    await consume(lotes.slice(0, -2), idsOf(60));
    await collectAll();
    const part = (await store.get(ledgerPartKey(DATE, 14)))?.body.length ?? 0;
    expect(part).toBeGreaterThan(0);
    store.ledgerBytesRead = 0;
    store.listings.length = 0;
    await consume(lotes.slice(-2, -1), idsOf(60));
    await collectAll();
    expect(store.ledgerBytesRead).toBeLessThanOrEqual(part);
    expect(store.listings).toEqual([]);
  });

  test("a closing message that soon comes back names a lote that is open, and no stock is taken until that was heard of", async () => {
    await drop(IDS);
    const lotes = loteQueue.take();
    await consume(lotes.slice(0, -1));
    await collectAll();
    expect(closingsWaiting()).toMatchObject([{ unheard: 5 }]);
    store.listings.length = 0;
    await collectAll();
    expect(closingsWaiting()).toMatchObject([{ unheard: 5 }]);
    expect(store.listings).toEqual([]);
    await consume(lotes.slice(-1));
    await collectAll();
    expect(await store.get(manifestKey(DATE))).toBeDefined();
    expect(closingsWaiting()).toEqual([]);
  });

  test("a lote whose report is still on its way is one that is open", async () => {
    await drop(IDS);
    await consume(loteQueue.take());
    const letters = deadLetterQueue.take();
    const isReportOfLast = ({ body }: OutgoingMessage) => body.includes('"lote":5');
    await collectAll(letters.filter((letter) => !isReportOfLast(letter)));
    expect(closingsWaiting()).toMatchObject([{ unheard: 5 }]);
    expect(await store.get(manifestKey(DATE))).toBeUndefined();
    await collectAll([...letters.filter(isReportOfLast), ...deadLetterQueue.take()]);
    expect(await store.get(manifestKey(DATE))).toBeDefined();
  });
});

test("a ledger that an earlier version of this program wrote tells by its lines which lotes it has", async () => {
  await drop(IDS.slice(0, 4), WHOLE);
  const lotes = loteQueue.take();
  await consume(lotes.slice(0, 1));
  await collectAll();
  const { body = "" } = (await store.get(ledgerKey(DATE))) ?? {};
  const before = (await store.get(ledgerKey(DATE)))?.etag;
  await store.putIf(ledgerKey(DATE), before, { body, contentType: "", metadata: {} });
  deadLetterQueue.take();
  // A second delivery, which the first one's failure must not outlive.
  await consume(lotes.slice(0, 1), []);
  await collectAll();
  expect(await ledger()).not.toContain(UNKNOWN[0]);
});
