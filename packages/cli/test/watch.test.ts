import { type Account, type Queues, runKey } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { ledgerOf, report } from "@lotes/core/testing/reports";
import { queuedRun } from "@lotes/core/testing/runs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { unmetTroubles } from "../src/replay-end.ts";
import { Stillness } from "../src/stillness.ts";
import type { Target } from "../src/target.ts";
import { supersededTroubles } from "../src/uploaded-run.ts";
import { follow, isDone, isFinished, whyUnfinished } from "../src/watch.ts";

const DATE = "2026/11/23";
const EMPTY = { depth: async () => ({ visible: 0, inFlight: 0 }) };

let told = "";
beforeEach(() => {
  told = "";
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    told += chunk;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

test("who waits for a run that does not begin is told of a CSV at another key", async () => {
  const store = new MemoryStore();
  await store.overwrite("Raw/Local/CSV/Movies/2026/11/23/Movies.csv", "id");
  const target = { store, bucket: "lake", lotes: EMPTY, deadLetters: EMPTY } as unknown as Target;
  const followed = follow(target, DATE, 40, isFinished, 0);
  await vi.waitUntil(() => told.includes("lies where no run begins"), { timeout: 60_000 });
  expect(told).toMatch(
    /^There is no run of 2026\/11\/23 yet: waiting for the producer\.\n! s3:\/\/lake\/.*\/Movies\.csv lies where no run begins: its key should be .*\/movies\.csv\n$/,
  );

  await store.overwrite(runKey(DATE), JSON.stringify(queuedRun("1")));
  const account = await followed;
  expect(account.settled).toBe(true);
  expect(supersededTroubles(account.run.run, account)).toEqual([]);
  expect(supersededTroubles("another run", account)).toMatchObject([{ code: "superseded" }]);
});

describe("who follows a run of which ids are nowhere", () => {
  const still = { run: { run: "1", status: "queued" }, stored: 7, failures: [] } as unknown as Account;
  const changed = { ...still, failures: [] };
  const queues = (lotes: number, deadLetters: number): Queues => ({
    lotes: { visible: 0, inFlight: lotes },
    deadLetters: { visible: 0, inFlight: deadLetters },
  });
  /** Looks once a second, and returns after how many seconds the waiting ends, two hours at the most. */
  const endOf = (look: (second: number) => [Account, Queues]): number | undefined => {
    const stillness = new Stillness();
    for (let second = 0; second < 7_200; second++)
      if (stillness.hasLasted(...look(second), second * 1000)) return second;
    return undefined;
  };

  test("waits for two minutes in which nothing is queued and nothing changes", () => {
    expect(endOf(() => [still, queues(0, 0)])).toBe(120);
    // The collector's own question comes back all the time.
    expect(endOf((second) => [still, queues(0, second % 7 === 6 ? 0 : 1)])).toBe(120);
    expect(endOf((second) => [{ ...still, stored: Math.min(7, Math.floor(second / 60)) }, queues(0, 0)])).toBe(540);
    expect(endOf((second) => [second < 90 ? still : changed, queues(0, 0)])).toBe(210);
  });

  test("waits for as long as a lote or a report is queued, hidden or at work", () => {
    expect(endOf(() => [still, queues(1, 0)])).toBeUndefined();
    expect(endOf(() => [still, { ...queues(0, 0), lotes: { visible: 0, inFlight: 0, delayed: 1 } }])).toBeUndefined();
    expect(endOf(() => [still, queues(0, 1)])).toBeUndefined();
    expect(endOf((second) => [still, queues(second % 100 === 0 ? 1 : 0, 0)])).toBeUndefined();
  });

  test("is told so", async () => {
    const store = new MemoryStore();
    await store.overwrite(runKey(DATE), JSON.stringify({ ...queuedRun("1"), ids: 3, lotes: 1 }));
    const target = { store, bucket: "lake", lotes: EMPTY, deadLetters: EMPTY } as unknown as Target;
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 10_000));
    const account = await follow(target, DATE, 40, isFinished, 0);
    expect(isDone(account)).toBe(false);
    expect(await whyUnfinished(target, account)).toMatchObject([{ code: "ids_missing" }]);
    const entries = ledgerOf(report({ run: account.run.run })).failedIds();
    expect(told).toMatch(
      /! 3 ids are neither stored nor failed, .*\n[\s\S]*Nothing is queued, and nothing has changed for 2 min: the waiting ends\.\n$/,
    );
    expect(unmetTroubles(entries, account, { ...account, failures: entries })).toEqual([
      { code: "replay_lost", message: "1 id of the replay was not tried, and nothing is queued: replay once more" },
    ]);
  });
});
