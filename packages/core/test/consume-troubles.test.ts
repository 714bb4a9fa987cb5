import { expect, test, vi } from "vitest";
import { ledgerKey, loteKey, runKey } from "../src/dataset/keys.ts";
import { runObject } from "../src/files/run-file.ts";
import { Accountant } from "../src/operator/account.ts";
import { loteFileReader } from "../src/operator/lote-reader.ts";
import { consumeLote, TMDB_TROUBLE } from "../src/stages/consume.ts";
import { parseMessage } from "../src/stages/message.ts";
import { Stopwatch } from "../src/stages/stopwatch.ts";
import { FakeMovies, known, unauthorized } from "./support/fake-movies.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { movieIds } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { at } from "./support/reports.ts";
import { queuedRun } from "./support/runs.ts";

const DATE = "2026/11/23";

test("the first failure of a kind is in the log at once, before the lote is done", async () => {
  const store = new MemoryStore();
  const run = queuedRun("01");
  await store.putIf(runKey(DATE), undefined, runObject(run));
  const log = { ...QUIET.log, warn: vi.fn(), info: vi.fn() };
  await consumeLote(
    { kind: "lote", run: run.run, date: DATE, lote: 1, ids: movieIds(5), attempts: 0 },
    { receiveCount: 1, sentAt: at(0) },
    performance.now() + 60_000,
    { ...QUIET, store, movies: new FakeMovies(unauthorized), log },
  );
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(TMDB_TROUBLE, {
    reason: "unauthorized",
    status: 401,
    cause: "Invalid API key",
  });
  expect(log.warn.mock.invocationCallOrder[0]).toBeLessThan(log.info.mock.invocationCallOrder[0] ?? 0);
});

test("its file tells where the lote's time went, and what S3 took since the process's lote before", async () => {
  const store = new MemoryStore();
  const run = queuedRun("01");
  await store.putIf(runKey(DATE), undefined, runObject(run));
  const movies = new FakeMovies((id) => {
    movies.waits = { limiter: 4_000.4, pause: 0, answer: 80 };
    return known(id);
  });
  movies.waits = { limiter: 1_000, pause: 0, answer: 20 };
  const s3Time = new Stopwatch();
  vi.spyOn(s3Time, "takeMs").mockReturnValue(12.7);
  const sentAt = new Date(Date.now() - 3_000);
  const message = { kind: "lote", run: run.run, date: DATE, lote: 1, ids: movieIds(5), attempts: 0 } as const;
  await consumeLote(message, { receiveCount: 1, sentAt }, performance.now() + 60_000, {
    ...QUIET,
    store,
    movies,
    s3Time,
  });
  const [file] = (await new Accountant(store, DATE, loteFileReader(store, DATE)).look())?.lotes ?? [];
  const { queue = 0, ...times } = file?.content.work?.times ?? {};
  expect(times).toEqual({ limiter: 3_000, pause: 0, tmdb: 60, s3: 13 });
  expect(queue).toBeGreaterThanOrEqual(3_000);
});

test("a lote whose ledger somebody has edited is stored, and reported as recovered: the collector tells of the edited line", async () => {
  const store = new MemoryStore();
  const run = queuedRun("01");
  const ids = movieIds(2);
  await store.putIf(runKey(DATE), undefined, runObject(run));
  await store.overwrite(ledgerKey(DATE), "not a line of the ledger\n");
  const deadLetterQueue = new MemoryQueue();
  await consumeLote(
    { kind: "lote", run: run.run, date: DATE, lote: 1, ids, attempts: 0 },
    { receiveCount: 1, sentAt: at(0) },
    performance.now() + 60_000,
    { ...QUIET, store, deadLetterQueue, movies: new FakeMovies() },
  );
  expect(await store.get(loteKey(DATE, 1))).toBeDefined();
  expect(deadLetterQueue.messages.map(({ body }) => parseMessage(body))).toMatchObject([
    { kind: "report", failures: [], recovered: ids },
  ]);
});
