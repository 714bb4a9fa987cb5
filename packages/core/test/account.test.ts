import { beforeEach, describe, expect, test } from "vitest";
import { ledgerKey, loteKey, manifestKey, runKey } from "../src/dataset/keys.ts";
import { loteObject } from "../src/files/lote-file.ts";
import { type RunFile, runObject } from "../src/files/run-file.ts";
import { Accountant, hasFaults } from "../src/operator/account.ts";
import { declareFinished } from "../src/operator/declare-finished.ts";
import type { NewObject } from "../src/ports.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { loteFile, movieIds } from "./support/movies.ts";
import { at, ledgerOf, report } from "./support/reports.ts";
import { queuedRun } from "./support/runs.ts";

const DATE = "2026/11/23";
const RUN: RunFile = { ...queuedRun("1"), ids: 3, lotes: 2 };
const IDS = movieIds(3) as [string, string, string];

let store: MemoryStore;
beforeEach(async () => {
  store = new MemoryStore();
  await write(1, runKey(DATE), runObject(RUN));
});

/** Writes a file, so many seconds after the run has started. */
async function write(seconds: number, key: string, object: NewObject): Promise<void> {
  store.now = () => at(seconds);
  await store.putIf(key, (await store.get(key))?.etag, object);
}

const writeLote = (seconds: number, lote: number, ids: string[], run = RUN.run) =>
  write(seconds, loteKey(DATE, lote), loteObject(loteFile(ids, ids, { run })));

const writeLedger = (seconds: number, ...reports: Parameters<typeof report>[0][]) =>
  write(
    seconds,
    ledgerKey(DATE),
    ledgerOf(...reports.map((each) => report({ run: RUN.run, ...each }))).toObject(RUN.run),
  );

const take = () => new Accountant(store, DATE).account();

describe("a run is finished", () => {
  test("when the last of its files was written, which may be the ledger", async () => {
    await writeLote(7, 2, [IDS[2]]);
    await writeLote(5, 1, [IDS[0]]);
    expect(await take()).toMatchObject({ settled: false, finishedAt: undefined });
    await writeLedger(9, { id: IDS[1] });
    expect(await take()).toMatchObject({ settled: true, finishedAt: at(9) });
    await writeLote(30, 3, [IDS[0]], "another run");
    expect(await take()).toMatchObject({ settled: true, finishedAt: at(9) });
  });

  test("once it is queued, when nothing was selected", async () => {
    await write(2, runKey(DATE), runObject({ ...RUN, ids: 0, lotes: 0 }));
    expect(await take()).toMatchObject({ settled: true, finishedAt: at(1) });
  });
});

describe("the manifest of a settled run", () => {
  beforeEach(async () => {
    await writeLote(5, 1, [...IDS]);
    await write(1, runKey(DATE), runObject({ ...RUN, lotes: 1 }));
    await declareFinished(store, DATE);
  });

  test("is found, and is none any more once a file was changed", async () => {
    expect(await take()).toMatchObject({ manifest: { run: RUN.run, revision: 1 } });
    await store.overwrite(ledgerKey(DATE), "");
    expect(await take()).toMatchObject({ settled: true, manifest: undefined });
  });

  test.each([
    [
      "of a later version",
      { version: 2 },
      "_manifest.json has version 2, and this program knows 1: update this program",
    ],
    ["that somebody has edited", { stored: 7 }, "_manifest.json does not hold a manifest (see its ids); remove it"],
    ["of another date", { date: "2026/11/22" }, "_manifest.json is of 2026/11/22; remove it, and drop the CSV again"],
  ])("%s is told with what is wrong, for as long as it stays", async (_, edited, problem) => {
    const manifest = JSON.parse((await store.get(manifestKey(DATE)))?.body ?? "");
    await store.overwrite(manifestKey(DATE), JSON.stringify({ ...manifest, ...edited }));
    const accountant = new Accountant(store, DATE);
    for (let look = 0; look < 2; look++) {
      const account = await accountant.account();
      expect(account).toMatchObject({ settled: true, manifest: undefined });
      expect(account?.manifestProblem).toContain(problem);
    }
  });
});

describe("an account has faults", () => {
  const failed = (...reports: Parameters<typeof report>[0][]) => ledgerOf(...reports.map(report)).failedIds();
  const rejected = { source: RUN.source, reason: "it is empty", at: at(2).toISOString() };

  test.each<[string, boolean, RunFile, ReturnType<typeof failed>]>([
    ["no id failed", false, RUN, []],
    ["TMDB does not know some ids", false, RUN, failed({ reason: "not_found" })],
    ["an id failed otherwise", true, RUN, failed({ reason: "not_found" }, { id: "tt2", reason: "deadline" })],
    ["an id is none", true, RUN, failed({ id: "nope", reason: "invalid_id" })],
    ["the upload was rejected", true, { ...RUN, status: "rejected", error: "it is empty" }, []],
    ["a later upload was rejected", true, { ...RUN, rejected }, []],
  ])("when %s: %s", (_, faults, run, failures) => {
    expect(hasFaults({ run, failures })).toBe(faults);
  });
});

describe("an account that is taken again", () => {
  test("has no lote of a run that was superseded since, though its file is still there", async () => {
    const accountant = new Accountant(store, DATE);
    await writeLote(5, 1, [IDS[0]]);
    expect(await accountant.account()).toMatchObject({ stored: 1 });
    await write(6, runKey(DATE), runObject(queuedRun("2")));
    expect(await accountant.account()).toMatchObject({ stored: 0 });
  });

  test("has the failures of the ledger as it is by then", async () => {
    const accountant = new Accountant(store, DATE);
    await writeLedger(5, { id: IDS[1] });
    expect((await accountant.account())?.failures).toMatchObject([{ imdb_id: IDS[1] }]);
    await writeLedger(6, { id: IDS[2] });
    expect((await accountant.account())?.failures).toMatchObject([{ imdb_id: IDS[2] }]);
  });
});
