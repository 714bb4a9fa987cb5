import { expect, test, vi } from "vitest";
import { runKey } from "../src/dataset/keys.ts";
import { runObject } from "../src/files/run-file.ts";
import { consumeLote, TMDB_TROUBLE } from "../src/stages/consume.ts";
import { FakeMovies, unauthorized } from "./support/fake-movies.ts";
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
    {
      store,
      deadLetterQueue: { send: async () => {} },
      movies: new FakeMovies(unauthorized),
      reuseHours: 0,
      metrics: QUIET.metrics,
      log,
    },
  );
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(TMDB_TROUBLE, {
    reason: "unauthorized",
    status: 401,
    cause: "Invalid API key",
  });
  expect(log.warn.mock.invocationCallOrder[0]).toBeLessThan(log.info.mock.invocationCallOrder[0] ?? 0);
});
