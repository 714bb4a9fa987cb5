import { beforeEach, describe, expect, test } from "vitest";
import { ledgerKey, loteKey, runKey } from "../src/dataset/keys.ts";
import { loteObject } from "../src/files/lote-file.ts";
import { type RunFile, runObject } from "../src/files/run-file.ts";
import { declareFinished } from "../src/operator/declare-finished.ts";
import { explain } from "../src/operator/explain.ts";
import type { ObjectHead, StoredObject } from "../src/ports.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { loteFile, movieIds } from "./support/movies.ts";
import { at, ledgerOf, report } from "./support/reports.ts";
import { queuedRun } from "./support/runs.ts";

const DATE = "2026/11/23";
const RUN: RunFile = { ...queuedRun("1"), ids: 6, lotes: 3 };
const IDS = movieIds(6) as [string, string, string, string, string, string];

/** A bucket that counts what is asked of its lotes. */
class CountingStore extends MemoryStore {
  heads = 0;
  bodies = 0;

  override head(key: string): Promise<ObjectHead | undefined> {
    this.heads++;
    return super.head(key);
  }

  override get(key: string): Promise<StoredObject | undefined> {
    if (key.includes("lote_")) this.bodies++;
    return super.get(key);
  }
}

let store: CountingStore;
beforeEach(async () => {
  store = new CountingStore();
  await store.putIf(runKey(DATE), undefined, runObject(RUN));
});

const WORK = {
  startedAt: at(2),
  endedAt: at(7),
  lastStartedAt: at(2),
  oldestFetchedAt: at(2),
  requests: 2,
  retries: 0,
  rate_limited: 0,
  reused: 0,
};

async function writeLote(
  lote: number,
  ids: readonly string[],
  stored = ids,
  run = RUN.run,
  work = WORK,
): Promise<void> {
  await store.putIf(loteKey(DATE, lote), undefined, loteObject({ ...loteFile([...ids], [...stored], { run }), work }));
}

const fate = async (id: string) => (await explain(store, DATE, id))?.fate;

describe("an id", () => {
  test("that is stored is told with its lote, its record and when the lote was asked for", async () => {
    await writeLote(1, IDS.slice(0, 2));
    await writeLote(2, [IDS[2], "1000003"]);
    await writeLote(3, ["tt9999999"], ["tt9999999"], "another run");
    expect(await fate(IDS[2])).toMatchObject({
      state: "stored",
      lote: 2,
      record: { imdb_id: IDS[2] },
      work: { startedAt: at(2), endedAt: at(7) },
      fetchedAt: at(2),
    });
    expect(await fate("1000003")).toMatchObject({ state: "stored", lote: 2 });
    expect(await fate("tt9999999")).toEqual({ state: "unknown" });
  });

  test("whose record was used again is told with the time at which TMDB gave it", async () => {
    const ids = IDS.slice(0, 3);
    const work = { ...WORK, oldestFetchedAt: at(-90), reused: 2 };
    const fetchTimes = new Map(ids.map((id, index) => [id, [at(-90), at(2), at(-60)][index] as Date]));
    const file = loteObject({ ...loteFile(ids, ids, { run: RUN.run }), work, fetchTimes });
    await store.putIf(loteKey(DATE, 1), undefined, file);
    for (const id of ids) expect(await fate(id)).toMatchObject({ work, fetchedAt: fetchTimes.get(id) });
  });

  test("whose record may be an earlier run's is told without that time where a file had no room for it", async () => {
    await writeLote(1, IDS.slice(0, 2), IDS.slice(0, 2), RUN.run, { ...WORK, oldestFetchedAt: at(-90), reused: 1 });
    expect(await fate(IDS[0])).toMatchObject({ state: "stored", fetchedAt: undefined });
  });

  test("that failed is told with its entry, of this run only", async () => {
    await writeLote(1, IDS.slice(0, 2), [IDS[0]]);
    const entries = [report({ id: IDS[1], run: RUN.run, attempts: 2 }), report({ id: IDS[5], run: "another run" })];
    await store.putIf(ledgerKey(DATE), undefined, ledgerOf(...entries).toObject(RUN.run));
    expect(await fate(IDS[1])).toMatchObject({ state: "failed", failure: { imdb_id: IDS[1], attempts: 2 } });
    expect(await fate(IDS[5])).toEqual({ state: "unknown" });
  });

  test("of whose lote there is a file, and of which nothing was heard, is open", async () => {
    await writeLote(1, IDS.slice(0, 2), [IDS[0]]);
    expect(await fate(IDS[1])).toEqual({ state: "open", lote: 1 });
  });

  test("was never selected once the run has settled without it, as long as all files are what its manifest says", async () => {
    await store.overwrite(runKey(DATE), JSON.stringify({ ...RUN, ids: 2, lotes: 1 }));
    await writeLote(1, IDS.slice(0, 2));
    await declareFinished(store, DATE);
    expect(await fate("tt7777777")).toEqual({ state: "never selected" });
    await store.overwrite(loteKey(DATE, 1), "edited by hand");
    expect(await fate(IDS[0])).toEqual({ state: "unknown" });
  });

  test("that was typed in upper case is found as the run has it, and one of upper case in the CSV as it is", async () => {
    await writeLote(1, IDS.slice(0, 2));
    const entry = report({ id: "TT1", run: RUN.run, reason: "invalid_id" });
    await store.putIf(ledgerKey(DATE), undefined, ledgerOf(entry).toObject(RUN.run));
    expect(await explain(store, DATE, IDS[1].toUpperCase())).toMatchObject({ id: IDS[1], fate: { state: "stored" } });
    expect(await explain(store, DATE, "TT1")).toMatchObject({ id: "TT1", fate: { state: "failed" } });
    expect(await explain(store, DATE, "TT9999999")).toMatchObject({ id: "TT9999999", fate: { state: "unknown" } });
  });

  test("of a date without a run has no explanation", async () => {
    expect(await explain(store, "2026/11/24", IDS[0])).toBeUndefined();
  });
});

test("an id of a large run is found by a few looks, and the body of its own lote", async () => {
  const ids = Array.from({ length: 300 }, (_, nth) => `tt${1_000_000 + nth}`);
  for (let lote = 1; lote <= 100; lote++) await writeLote(lote, ids.slice((lote - 1) * 3, lote * 3));
  [store.heads, store.bodies] = [0, 0];
  expect(await fate(ids[200] ?? "")).toMatchObject({ state: "stored", lote: 67 });
  expect(store.heads).toBeLessThan(10);
  expect(store.bodies).toBe(1);
});

test("an id is found whatever the order of the ids", async () => {
  await writeLote(1, [IDS[4], IDS[0]]);
  await writeLote(2, [IDS[2], IDS[1]]);
  await writeLote(3, [IDS[5], IDS[3]]);
  for (const [id, lote] of [
    [IDS[4], 1],
    [IDS[1], 2],
    [IDS[3], 3],
  ] as const)
    expect(await fate(id)).toMatchObject({ state: "stored", lote });
});

test("an id is found in a lote whose ids are too many to stand beside the file", async () => {
  const many = movieIds(400);
  await writeLote(1, many);
  expect((await store.head(loteKey(DATE, 1)))?.metadata.ids).toBeUndefined();
  expect(await fate(many[399] ?? "")).toMatchObject({ state: "stored", lote: 1 });
});
