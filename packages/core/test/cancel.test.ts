import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { inputKey, ledgerKey, loteKey, manifestKey } from "../src/dataset/keys.ts";
import { type CsvVersion, readRun } from "../src/files/run-file.ts";
import { Accountant, idsLeft } from "../src/operator/account.ts";
import { cancelRun } from "../src/operator/cancel-run.ts";
import { chooseReplay, replayMessages } from "../src/operator/replay.ts";
import type { MovieAnswer, MovieRequestOptions, OutgoingMessage } from "../src/ports.ts";
import { collect } from "../src/stages/collect.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { parseMessage } from "../src/stages/message.ts";
import { produce } from "../src/stages/produce.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { FakeMovies, known, unanswered } from "./support/fake-movies.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { QUIET } from "./support/quiet.ts";
import { at } from "./support/reports.ts";

const DATE = "2026/11/23";
const IDS = ["tt0000001", "tt0000002", "tt0000003", "tt0000004"];
const [FIRST, SECOND] = IDS as [string, string];
const NOT_FOUND: MovieAnswer = { failure: { reason: "not_found", status: 404, message: "no such movie" } };
const BROKEN: MovieAnswer = { failure: { reason: "server_error", status: 500, message: "broken" } };

let store: MemoryStore;
let loteQueue: MemoryQueue;
let deadLetterQueue: MemoryQueue;
let movies: FakeMovies;
let uploads: number;

beforeEach(() => {
  store = new MemoryStore();
  loteQueue = new MemoryQueue();
  deadLetterQueue = new MemoryQueue();
  movies = new FakeMovies();
  uploads = 0;
});
afterEach(() => vi.useRealTimers());

const deps = () => ({ ...QUIET, store, loteQueue, deadLetterQueue, movies });

function event(sequencer: number, etag: string): CsvVersion {
  return { bucket: "lake", key: inputKey(DATE), etag, size: 1, sequencer: String(sequencer).padStart(4, "0") };
}

async function upload(ids: readonly string[] = IDS): Promise<CsvVersion> {
  await store.overwrite(inputKey(DATE), csv(...ids.map((id) => row({ id }))));
  return event(++uploads, (await store.get(inputKey(DATE)))?.etag ?? "");
}

const begin = (source: CsvVersion) =>
  produce(source, DATE, { ...deps(), filter: FILTER, loteSize: 2, maxMalformedPercent: 1 });

// Longer than a test may take: a consumer that should stop before its time is over must not pass for one that does.
const CONSUMER_MS = 3_600_000;

async function consume({ body }: OutgoingMessage, receiveCount = 1): Promise<void> {
  await consumeLote(parseMessage(body), { receiveCount, sentAt: new Date(0) }, performance.now() + CONSUMER_MS, deps());
}

async function collectAll(): Promise<void> {
  const letters = deadLetterQueue.take().map(({ body }) => ({ body, sentAt: new Date() }));
  await Promise.all(collect(letters, deps()));
}

const cancel = () => cancelRun(store, DATE, at(30));

/** The numbers of the equation, which must hold: stored and failed are looked for id by id. */
async function equation() {
  const account = await new Accountant(store, DATE).account();
  if (account === undefined) throw new Error("there is no run");
  const { stored, failures, cancelled, settled } = account;
  const records = new Set<string>();
  for (const lote of [1, 2])
    for (const line of ((await store.get(loteKey(DATE, lote)))?.body ?? "").split("\n"))
      if (line !== "") records.add(JSON.parse(line).imdb_id);
  expect(failures.filter(({ imdb_id }) => records.has(imdb_id))).toEqual([]);
  expect({ stored, left: idsLeft(account), settled }).toEqual({ stored: records.size, left: 0, settled: false });
  return { stored, failed: failures.length, cancelled };
}

describe("a cancelled run", () => {
  test("says so, keeps what is stored, and asks for nothing more", async () => {
    await begin(await upload());
    const [one, two] = loteQueue.take() as [OutgoingMessage, OutgoingMessage];
    await consume(one);
    expect(await cancel()).toMatchObject({ status: "cancelled", cancelled_at: at(30).toISOString(), ids: 4 });
    await consume(two);
    await collectAll();
    expect(movies.asked).toEqual(IDS.slice(0, 2));
    expect(await readRun(store, DATE)).toMatchObject({ status: "cancelled", queued_at: expect.any(String) });
    expect(await equation()).toEqual({ stored: 2, failed: 0, cancelled: 2 });
    // The closing message has ended, and there is no manifest.
    expect(deadLetterQueue.messages).toEqual([]);
    expect(await store.get(manifestKey(DATE))).toBeUndefined();
  });

  test("stays as it is when it is cancelled once more", async () => {
    await begin(await upload());
    const first = await cancel();
    expect(await cancelRun(store, DATE, at(60))).toEqual(first);
    expect(await readRun(store, DATE)).toEqual(first);
  });

  test("is not begun again by a repeated event, nor by one that comes late", async () => {
    const older = await upload(IDS.slice(0, 2));
    const source = await upload();
    await begin(source);
    loteQueue.take();
    await cancel();
    expect(await begin(source)).toBe("cancelled");
    expect(await begin(older)).toBe("outdated");
    expect(loteQueue.messages).toEqual([]);
  });

  test("gives way to a later upload, whose files take the place of its own", async () => {
    await begin(await upload());
    await consume(loteQueue.take()[0] as OutgoingMessage);
    await cancel();
    await begin(await upload(IDS.slice(2)));
    for (const message of loteQueue.take()) await consume(message);
    expect(await new Accountant(store, DATE).account()).toMatchObject({ settled: true, stored: 2, cancelled: 0 });
  });

  test("stays beside a later upload that can't be used", async () => {
    await begin(await upload());
    await consume(loteQueue.take()[0] as OutgoingMessage);
    await cancel();
    await store.overwrite(inputKey(DATE), "no CSV of ours\n");
    const etag = (await store.get(inputKey(DATE)))?.etag ?? "";
    expect(await begin(event(++uploads, etag))).toBe("rejected");
    expect(await readRun(store, DATE)).toMatchObject({ status: "cancelled", rejected: { source: { etag } } });
    expect(await equation()).toEqual({ stored: 2, failed: 0, cancelled: 2 });
  });
});

test("a date without a run has nothing to cancel, and a rejected one stays rejected", async () => {
  expect(await cancel()).toBeUndefined();
  await store.overwrite(inputKey(DATE), "no CSV of ours\n");
  await begin(event(1, (await store.get(inputKey(DATE)))?.etag ?? ""));
  expect(await cancel()).toMatchObject({ status: "rejected" });
});

test("a run that is cancelled while its lotes are sent is never said to be queued", async () => {
  const source = await upload();
  loteQueue.send = async (messages) => {
    loteQueue.messages.push(...messages);
    await cancel();
  };
  await begin(source);
  for (const message of loteQueue.take()) await consume(message);
  expect(movies.asked).toEqual([]);
  expect(await readRun(store, DATE)).toMatchObject({ status: "cancelled", queued_at: null });
  expect(await equation()).toEqual({ stored: 0, failed: 0, cancelled: 4 });
});

describe("a consumer at work when its run", () => {
  /** Answers for the first id of a lote, and gives none for the second until it is told to stop. */
  const slow = (id: string, options: MovieRequestOptions) => (id === SECOND ? unanswered(id, options) : known(id));

  async function whileFetching(meanwhile: () => Promise<unknown>): Promise<void> {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    movies = new FakeMovies(slow);
    const consumed = consume(loteQueue.take()[0] as OutgoingMessage);
    await vi.waitUntil(() => movies.asked.includes(SECOND));
    await meanwhile();
    await vi.advanceTimersByTimeAsync(1_999);
    await consumed;
    expect(vi.getTimerCount()).toBe(0);
  }

  test("is cancelled stops within two seconds, stores what it has, and reports no id that it did not ask for", async () => {
    await begin(await upload());
    await whileFetching(cancel);
    expect(deadLetterQueue.messages.map(({ body }) => parseMessage(body).kind)).toEqual(["closing"]);
    expect(await equation()).toEqual({ stored: 1, failed: 0, cancelled: 3 });
  });

  test("is cancelled counts an id whose retries were cut short as cancelled, and not as failed", async () => {
    await begin(await upload());
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    movies = new FakeMovies(async (id, options) => {
      if (id === SECOND) await unanswered(id, options);
      return id === SECOND ? BROKEN : known(id);
    });
    const consumed = consume(loteQueue.take()[0] as OutgoingMessage);
    await vi.waitUntil(() => movies.asked.includes(SECOND));
    await cancel();
    await vi.advanceTimersByTimeAsync(1_999);
    await consumed;
    await collectAll();
    expect(await equation()).toEqual({ stored: 1, failed: 0, cancelled: 3 });
  });

  test("is superseded stops as well", async () => {
    await begin(await upload());
    await whileFetching(async () => begin(await upload(IDS.slice(0, 3))));
    expect(await store.get(loteKey(DATE, 1))).toBeUndefined();
  });

  test("is in force goes on, though S3 has no answer to a look", async () => {
    await begin(await upload());
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { promise, resolve } = Promise.withResolvers<MovieAnswer>();
    movies = new FakeMovies((id) => (id === SECOND ? promise : known(id)));
    const consumed = consume(loteQueue.take()[0] as OutgoingMessage);
    await vi.waitUntil(() => movies.asked.includes(SECOND));
    const get = vi.spyOn(store, "get").mockRejectedValueOnce(new Error("S3 has no answer"));
    await vi.advanceTimersByTimeAsync(1_999);
    get.mockRestore();
    resolve(known(SECOND));
    await consumed;
    expect((await store.get(loteKey(DATE, 1)))?.body.split("\n")).toHaveLength(3);
  });
});

describe("a run that is cancelled during a replay", () => {
  let replay: OutgoingMessage;
  beforeEach(async () => {
    movies = new FakeMovies((id) => (id === FIRST ? BROKEN : id === SECOND ? NOT_FOUND : known(id)));
    await begin(await upload());
    for (const message of loteQueue.take()) await consume(message);
    await collectAll();
    const account = await new Accountant(store, DATE).account();
    const chosen = chooseReplay(account?.failures ?? [], account?.run.run ?? "", { all: true });
    replay = replayMessages(chosen, DATE)[0] as OutgoingMessage;
    movies = new FakeMovies();
  });

  test("keeps the failures that were not asked for again, and its manifest", async () => {
    const manifest = await store.get(manifestKey(DATE));
    expect(manifest).toBeDefined();
    await cancel();
    await consume(replay);
    await collectAll();
    expect(movies.asked).toEqual([]);
    expect(await equation()).toEqual({ stored: 2, failed: 2, cancelled: 0 });
    expect(await store.get(manifestKey(DATE))).toEqual(manifest);
  });

  test("tells the collector what a consumer had stored that died before it could report", async () => {
    deadLetterQueue.send = () => Promise.reject(new Error("SQS has no answer"));
    await expect(consume(replay)).rejects.toThrow("SQS has no answer");
    await cancel();
    deadLetterQueue = new MemoryQueue();
    await consume(replay, 2);
    await collectAll();
    expect(await equation()).toEqual({ stored: 4, failed: 0, cancelled: 0 });
    expect(await store.get(ledgerKey(DATE))).toBeUndefined();
  });

  test("tells nothing of what another run has left in the lote's file", async () => {
    const { body = "", etag = "" } = (await store.get(loteKey(DATE, 2))) ?? {};
    const foreign = { body: body.replaceAll("tt0000003", FIRST), contentType: "", metadata: { run: "earlier" } };
    await store.removeIf(loteKey(DATE, 2), etag);
    await store.putIf(loteKey(DATE, 1), undefined, foreign);
    await cancel();
    await consume(replay);
    expect(deadLetterQueue.messages).toEqual([]);
  });

  test("enters a report that was sent back to LoteQueue before it was", async () => {
    await consume(replay);
    const [report] = deadLetterQueue.take();
    await cancel();
    await consume(report as OutgoingMessage);
    await collectAll();
    expect(await equation()).toEqual({ stored: 4, failed: 0, cancelled: 0 });
  });
});
