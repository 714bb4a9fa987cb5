import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { inputKey, loteKey, loteOfKey, manifestKey } from "../src/dataset/keys.ts";
import { parseManifest } from "../src/files/manifest.ts";
import { OutputMemory } from "../src/files/output-memory.ts";
import type { CsvVersion } from "../src/files/run-file.ts";
import type { MovieAnswer, OutgoingMessage } from "../src/ports.ts";
import { collect } from "../src/stages/collect.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { messageBody, parseMessage } from "../src/stages/message.ts";
import { produce } from "../src/stages/produce.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { FakeMovies, known } from "./support/fake-movies.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { movieIds } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";

const DATE = "2026/11/23";
const LOTES = 30;
const MINUTE_MS = 60_000;
/** How long a look takes where time is told by it. */
const LOOK_MS = 2_000;
const NOT_FOUND: MovieAnswer = { failure: { reason: "not_found", status: 404, message: "no such movie" } };

let store: MemoryStore;
let deadLetterQueue: MemoryQueue;
let lotes: OutgoingMessage[];
let closing: OutgoingMessage;
let memory: OutputMemory;
/** The lotes whose files were looked at. */
let looks: number[];

beforeEach(async () => {
  store = new MemoryStore();
  // Files are a minute old once they are looked at.
  store.now = () => new Date(Date.now() - MINUTE_MS);
  deadLetterQueue = new MemoryQueue();
  const loteQueue = new MemoryQueue();
  memory = new OutputMemory();
  looks = [];
  const key = inputKey(DATE);
  await store.overwrite(key, csv(...movieIds(LOTES).map((id) => row({ id }))));
  const { etag = "" } = (await store.get(key)) ?? {};
  const source: CsvVersion = { bucket: "lake", key, etag, size: 1, sequencer: "01" };
  const settings = { filter: FILTER, loteSize: 1, maxMalformedPercent: 1 };
  await produce(source, DATE, { ...QUIET, store, loteQueue, deadLetterQueue, ...settings });
  lotes = loteQueue.take();
  deadLetterQueue.take();
  const { run } = parseMessage(lotes[0]?.body ?? "");
  // It says nothing of a lote to wait for, as one that comes while a large run goes on.
  closing = { body: messageBody({ kind: "closing", run, date: DATE }) };
  const head = store.head.bind(store);
  vi.spyOn(store, "head").mockImplementation((looked) => {
    const lote = loteOfKey(looked);
    if (lote !== undefined) looks.push(lote);
    if (vi.isFakeTimers()) vi.advanceTimersByTime(LOOK_MS);
    return head(looked);
  });
});

async function consume(
  messages: readonly OutgoingMessage[],
  answer: (id: string) => MovieAnswer = known,
): Promise<void> {
  const movies = new FakeMovies(answer);
  for (const { body } of messages) {
    const end = performance.now() + MINUTE_MS;
    const deps = { ...QUIET, store, deadLetterQueue, movies };
    await consumeLote(parseMessage(body), { receiveCount: 1, sentAt: new Date(0) }, end, deps);
  }
}

/** The collector is asked whether the run has settled. */
function ask(remembers: { readonly memory?: OutputMemory } = { memory }): Promise<void> {
  return collectAll([closing], remembers);
}

async function collectAll(
  messages: readonly OutgoingMessage[],
  remembers: { readonly memory?: OutputMemory } = { memory },
): Promise<void> {
  looks = [];
  const letters = messages.map(({ body }) => ({ body, sentAt: new Date() }));
  await Promise.all(collect(letters, { ...QUIET, store, deadLetterQueue, ...remembers }));
}

/** From now on time is told by the looks, until the test ends. */
function tellTimeByLooks(...what: ("performance" | "Date")[]): void {
  vi.useFakeTimers({ toFake: what });
  onTestFinished(() => void vi.useRealTimers());
}

async function manifest() {
  const object = await store.get(manifestKey(DATE));
  return object && parseManifest(object);
}

const allButTheLast = Array.from({ length: LOTES - 1 }, (_, index) => index + 1);

test("what was looked at while the run went on is not looked at again once it has settled", async () => {
  await consume(lotes.slice(0, -1));
  await ask();
  expect(looks.toSorted((a, b) => a - b)).toEqual(allButTheLast);
  await ask();
  expect(looks).toEqual([]);
  await consume(lotes.slice(-1));
  await ask();
  expect(looks).toEqual([LOTES]);
  const remembered = await manifest();
  expect(remembered).toMatchObject({ ids: LOTES, stored: LOTES, requests: LOTES });

  await store.removeIf(manifestKey(DATE), (await store.get(manifestKey(DATE)))?.etag ?? "");
  await ask({ memory: new OutputMemory() });
  expect(await manifest()).toEqual({ ...remembered, finished_at: expect.any(String) });
});

test("a file that was written since is looked at again", async () => {
  await consume(lotes.slice(0, -1));
  await ask();
  store.now = () => new Date(Date.now() - MINUTE_MS / 2);
  await consume(lotes);
  await ask();
  expect(looks).toHaveLength(LOTES);
  expect(await manifest()).toMatchObject({ stored: LOTES, requests: 2 * LOTES - 1 });
});

test("who has no time to look at all lotes of a run goes on where it ended, and the manifest is not early", async () => {
  await consume(lotes);
  tellTimeByLooks("performance");
  const seen = new Set<number>();
  for (let round = 1; seen.size < LOTES; round++) {
    expect(await manifest(), `before round ${round}`).toBeUndefined();
    deadLetterQueue.take();
    await ask();
    expect(looks.some((lote) => seen.has(lote))).toBe(false);
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.length).toBeLessThan(LOTES);
    for (const lote of looks) seen.add(lote);
  }
  expect(await manifest()).toMatchObject({ stored: LOTES });
});

test("who has no time to look at all lotes asks to be asked again soon", async () => {
  await consume(lotes);
  tellTimeByLooks("performance");
  deadLetterQueue.take();
  await ask();
  expect(deadLetterQueue.messages).toEqual([{ ...closing, delaySeconds: 2 }]);
});

test("who has no time to look at all lotes when a report comes asks for a closing message, since the run's own may be minutes away", async () => {
  await consume(lotes.slice(1));
  await consume(lotes.slice(0, 1), () => NOT_FOUND);
  const reports = deadLetterQueue.take();
  expect(reports).toHaveLength(1);
  tellTimeByLooks("performance");
  await collectAll(reports);
  expect(await manifest()).toBeUndefined();
  expect(deadLetterQueue.messages).toEqual([{ ...closing, delaySeconds: 2 }]);
});

test("what there was no time to look at may contradict the ledger", async () => {
  const [first, others, last] = [lotes.slice(0, 8), lotes.slice(8, -1), lotes.slice(-1)];
  await consume(last, () => NOT_FOUND);
  await collectAll(deadLetterQueue.take());
  await consume(others);
  await ask();
  expect(looks).toHaveLength(others.length);
  // Its id is recovered, which the collector does not know yet: with the other lotes' records the failure makes up all ids.
  await consume([...first, ...last]);
  tellTimeByLooks("performance");
  await ask();
  expect(looks).toHaveLength(first.length);
  expect(await manifest()).toBeUndefined();
});

test("while the run goes on nobody looks for longer than a quarter of a minute", async () => {
  await consume(lotes.slice(0, -1));
  tellTimeByLooks("performance");
  await ask();
  expect(looks).toHaveLength(8);
});

test("while the run goes on nobody looks at what was written just now, which would have to be looked at again", async () => {
  store.now = () => new Date(Date.now() + MINUTE_MS);
  await consume(lotes.slice(0, -1));
  await ask();
  expect(looks).toEqual([]);
});

test("who remembers nothing takes the time to look at all lotes", async () => {
  await consume(lotes);
  tellTimeByLooks("performance");
  await ask({});
  expect(await manifest()).toMatchObject({ stored: LOTES });
});

test("a look at what was written just now is not remembered, however long its answer takes", async () => {
  await consume(lotes);
  const { modifiedAt } = (await store.get(loteKey(DATE, 1))) ?? {};
  tellTimeByLooks("Date");
  vi.setSystemTime((modifiedAt?.getTime() ?? 0) + 1_000);
  await ask();
  expect(looks).toContain(1);
  await ask();
  expect(looks).toContain(1);
});

test("a lote of another run, with the same bytes and of the same second, is not taken for the run's own", async () => {
  await consume(lotes);
  const key = loteKey(DATE, 1);
  const { etag, body = "", metadata } = (await store.get(key)) ?? {};
  await store.putIf(key, etag, { body, contentType: "", metadata: { ...metadata, run: "another" } });
  await ask();
  expect(await manifest()).toBeUndefined();
});
