import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ledgerKey, ledgerPartKey, loteKey, nameOf, runKey } from "../src/dataset/keys.ts";
import { loteObject, parseLoteFile } from "../src/files/lote-file.ts";
import { type RunFile, runObject } from "../src/files/run-file.ts";
import { runOf } from "../src/files/run-of.ts";
import { UncertainWriteError } from "../src/ports.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { FakeMovies } from "./support/fake-movies.ts";
import { InterruptedStore } from "./support/interrupted-store.ts";
import { MemoryStore, textObject } from "./support/memory-store.ts";
import { loteFile } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { at } from "./support/reports.ts";
import { queuedRun } from "./support/runs.ts";

const DATE = "2026/11/23";
const MINUTE_MS = 60_000;

/** @returns what was reported */
async function consume(run: string, store: MemoryStore): Promise<string[]> {
  const sent: string[] = [];
  const deadLetterQueue = {
    async send(messages: readonly { body: string }[]) {
      sent.push(...messages.map(({ body }) => body));
    },
  };
  await consumeLote(
    { kind: "lote", run, date: DATE, lote: 1, ids: ["tt1000000", "not-an-id"], attempts: 0 },
    { receiveCount: 1, sentAt: at(0) },
    performance.now() + MINUTE_MS,
    { ...QUIET, store, deadLetterQueue, movies: new FakeMovies() },
  );
  return sent;
}

/** Consumes a lote of the run of upload 01, with something happening between the last look before its write and that write. */
async function consumedWith(interrupt: (store: MemoryStore) => Promise<void>) {
  const store = new InterruptedStore(loteKey(DATE, 1));
  const { run } = queuedRun("01");
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  store.interrupt = () => interrupt(store);
  const sent = await consume(run, store);
  return { file: await store.get(loteKey(DATE, 1)), sent, run };
}

test("a lote is stored and reported when nothing happens meanwhile", async () => {
  const { file, sent, run } = await consumedWith(async () => {});
  expect(file && runOf(file)).toBe(run);
  expect(sent).toHaveLength(1);
});

test("a lote whose run is superseded while it is written is taken back, and not reported", async () => {
  const { file, sent } = await consumedWith((store) => store.overwrite(runKey(DATE), runObject(queuedRun("02")).body));
  expect(file).toBeUndefined();
  expect(sent).toEqual([]);
});

test("a lote that a later run has written meanwhile is left as it is, and not reported", async () => {
  const later = queuedRun("02");
  const { file, sent } = await consumedWith(async (store) => {
    await store.overwrite(runKey(DATE), runObject(later).body);
    await store.putIf(loteKey(DATE, 1), undefined, { ...textObject("{}\n"), metadata: { run: later.run } });
  });
  expect(file && runOf(file)).toBe(later.run);
  expect(sent).toEqual([]);
});

test("a lote whose run is given up while it is written is taken back, and not reported", async () => {
  const givenUp = runObject({ ...queuedRun("01"), status: "rejected", error: "replaced" });
  const { file, sent } = await consumedWith((store) => store.overwrite(runKey(DATE), givenUp.body));
  expect(file).toBeUndefined();
  expect(sent).toEqual([]);
});

describe("a lote that was moved to its queue once a collector had died with it", () => {
  const { run } = queuedRun("01");
  const later = queuedRun("02");
  const rejected: RunFile = { ...later, status: "rejected", error: "no usable row" };

  /** @param metadata what the ledger and its part say of themselves */
  async function leftAfter(current: RunFile | undefined, metadata: Record<string, string>): Promise<string[]> {
    const store = new MemoryStore();
    if (current) await store.putIf(runKey(DATE), undefined, runObject(current));
    const keys = [ledgerKey(DATE), ledgerPartKey(DATE, 20)];
    for (const key of keys) await store.putIf(key, undefined, { ...textObject("{}\n"), metadata });
    await consume(run, store);
    const left: string[] = [];
    for (const key of keys) if (await store.get(key)) left.push(nameOf(key));
    return left;
  }

  test.each([
    ["a later run", later],
    ["a rejected CSV", rejected],
  ])("leaves nothing in the ledger beside %s", async (_, current) => {
    expect(await leftAfter(current, { run, lotes: "1" })).toEqual([]);
  });

  test.each([
    ["what the later run has entered", later, { run: later.run, lotes: "1" }],
    ["what is of no run", later, {}],
    ["what is of no run beside a rejected CSV", rejected, {}],
    ["messages of other programs, which the collector may be entering", later, { run, lotes: "none" }],
    ["a ledger that was put together, which may hold such messages only", later, { run, parts: "a-state" }],
    ["everything where no file tells the run", undefined, { run, lotes: "1" }],
  ])("leaves %s", async (_, current, metadata) => {
    expect(await leftAfter(current, metadata)).toHaveLength(2);
  });
});

test("a lote that is taken back, and nobody knows whether it was, leaves the same bytes of the later run alone", async () => {
  const later = queuedRun("02");
  const { file } = await consumedWith(async (store) => {
    await store.overwrite(runKey(DATE), runObject(later).body);
    const remove = store.removeIf.bind(store);
    vi.spyOn(store, "removeIf").mockImplementationOnce(async (key, etag) => {
      const { body = "" } = (await store.get(key)) ?? {};
      await remove(key, etag);
      await store.putIf(key, undefined, { ...textObject(body), metadata: { run: later.run } });
      throw new UncertainWriteError(key);
    });
  });
  expect(file && runOf(file)).toBe(later.run);
});

test("a lote in the place of the same bytes of an earlier run is there again after that run's consumer has removed them", async () => {
  const store = new MemoryStore();
  const [earlier, later] = [queuedRun("01"), queuedRun("02")];
  await store.putIf(runKey(DATE), undefined, runObject(earlier));
  await consume(earlier.run, store);
  await store.overwrite(runKey(DATE), runObject(later).body);
  const { etag = "" } = (await store.get(loteKey(DATE, 1))) ?? {};
  const put = store.putIf.bind(store);
  let isRemoved = false;
  vi.spyOn(store, "putIf").mockImplementation(async (...call) => {
    // The consumer's first write is refused, since it takes the lote for one without a file.
    const written = await put(...call);
    if (!isRemoved) await store.removeIf(loteKey(DATE, 1), etag);
    isRemoved = true;
    return written;
  });
  vi.useFakeTimers({ fakeNodeBuiltins: true });
  onTestFinished(() => void vi.useRealTimers());
  let isOver = false;
  const consuming = consume(later.run, store).finally(() => {
    isOver = true;
  });
  // The two seconds after which the later run's consumer looks again.
  while (!isOver) await vi.advanceTimersByTimeAsync(100);
  await consuming;
  vi.useRealTimers();
  expect(isRemoved).toBe(true);
  const file = await store.get(loteKey(DATE, 1));
  expect(file && runOf(file)).toBe(later.run);
});

test("the first delivery of a lote takes three looks and one write, and asks for no file that can't be there", async () => {
  const store = new MemoryStore();
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  const asked: string[] = [];
  for (const method of ["get", "head", "putIf"] as const) {
    const call = store[method].bind(store) as (...args: unknown[]) => Promise<never>;
    vi.spyOn(store, method).mockImplementation((...args: unknown[]) => {
      asked.push(`${method} ${nameOf(String(args[0]))}`);
      return call(...args);
    });
  }
  await consume(queuedRun("01").run, store);
  // A head of this store's is a get.
  expect(asked.filter((each) => each !== "get erros_geral.json").sort()).toEqual([
    "get _run.json",
    "get _run.json",
    "head erros_geral.json",
    "putIf lote_1.json",
  ]);
});

test("a lote that has a file against expectation is put together with it", async () => {
  const store = new MemoryStore();
  const { run } = queuedRun("01");
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  await store.putIf(loteKey(DATE, 1), undefined, loteObject(loteFile(["tt2222222"], ["tt2222222"], { run })));
  const sent = await consume(run, store);
  const file = await store.get(loteKey(DATE, 1));
  expect(file && [...parseLoteFile(file, []).records.keys()].sort()).toEqual(["tt1000000", "tt2222222"]);
  expect(sent).toHaveLength(1);
});
