import { beforeEach, describe, expect, test } from "vitest";
import { inputKey, ledgerKey, loteKey, runKey } from "../src/dataset/keys.ts";
import { countForeignMessages, Ledger, LedgerError } from "../src/files/ledger.ts";
import { loteObject } from "../src/files/lote-file.ts";
import { newRun, type RunFile, runObject } from "../src/files/run-file.ts";
import { Accountant } from "../src/operator/account.ts";
import { collect, type DeadLetter } from "../src/stages/collect.ts";
import { messageBody } from "../src/stages/message.ts";
import { FILTER } from "./support/csv.ts";
import { MemoryStore, stored, textObject } from "./support/memory-store.ts";
import { loteFile, movieRecord } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { at, ledgerOf, malformedReport, report } from "./support/reports.ts";

const DATE = "2026/11/23";
const KIB = 1024;
const run = (sequencer: string): RunFile => ({
  ...newRun({ bucket: "b", key: inputKey(DATE), etag: "e", size: 1, sequencer }, FILTER, at(0)),
  status: "queued",
  queued_at: at(0).toISOString(),
});
const RUN = run("01");

let store: MemoryStore;
beforeEach(async () => {
  store = new MemoryStore();
  await store.putIf(runKey(DATE), undefined, runObject(RUN));
});

const letter = (body: string, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  body,
  sentAt: at(1),
  ...changes,
});
const lote = (ids: string[]) => ({ run: RUN.run, date: DATE, lote: 1, ids, attempts: 0 });
const collectAll = async (letters: readonly DeadLetter[]) =>
  void (await Promise.all(collect(letters, { store, ...QUIET })));
const ledger = async () => Ledger.parse(await store.get(ledgerKey(DATE))).entries();

describe("a message of another program", () => {
  test("that is long is kept by its beginning, its length and a hash, and once", async () => {
    const bodies = ["a", "b"].map((last) => "x".repeat(250 * KIB) + last);
    await collectAll([...bodies, ...bodies].map((body) => letter(body)));
    await collectAll(bodies.map((body) => letter(body)));
    const messages = (await ledger()).map(({ message }) => message);
    expect(messages).toHaveLength(2);
    for (const message of messages) {
      expect(message.length).toBeLessThanOrEqual(2_000);
      expect(message).toMatch(/^x{1900}x*… \(256001 characters, SHA-256 [0-9a-f]{16}…\)$/);
    }
  });

  test("is one of a thousand that are kept, and is counted beyond, also by an account", async () => {
    for (let batch = 0; batch < 4; batch++) {
      await collectAll(Array.from({ length: 325 }, (_, nth) => letter(`${batch} ${nth} ${"é".repeat(5_000)}`)));
    }
    const entries = await ledger();
    expect(entries).toHaveLength(1_001);
    expect(countForeignMessages(entries)).toBe(1_300);
    expect(entries.find((entry) => "more" in entry)).toMatchObject({
      more: 300,
      message: expect.stringContaining("300"),
    });
    const account = await new Accountant(store, DATE).account();
    expect(countForeignMessages(account?.malformedMessages ?? [])).toBe(1_300);
    expect((await store.get(ledgerKey(DATE)))?.body.length).toBeLessThan(3 * KIB * KIB);
  });

  test("is measured as often as it came beyond those that are kept", () => {
    const full = ledgerOf(...Array.from({ length: 1_000 }, (_, nth) => malformedReport(`${nth}`)));
    const read = Ledger.parse(stored(full.toObject(undefined)));
    for (const body of ["one", "two", "7"]) read.enter(malformedReport(body));
    expect([...read.newFailures()]).toEqual([["malformed_message", 2]]);
  });

  test("that a ledger has kept whole is cut when the ledger is written next", () => {
    const entry = { ...ledgerOf(malformedReport("x")).entries()[0], message: "y".repeat(250 * KIB) };
    const [kept] = Ledger.parse(stored({ body: `${JSON.stringify(entry)}\n`, metadata: {} })).entries();
    expect(kept?.message.length).toBeLessThanOrEqual(2_000);
  });
});

test.each([1.5, Number.NaN, -3, 1e300, Number.POSITIVE_INFINITY])(
  "a report with %d attempts, or of no time, leaves a ledger that can be read",
  async (attempts) => {
    const ids = ["tt0000001", "tt0000002"];
    const failures = [{ id: ids[0] ?? "", reason: "not_found" as const, status: 404, message: "gone" }];
    const body = messageBody({ kind: "report", ...lote(ids), attempts, failures, recovered: [] });
    const version1 = JSON.stringify({ version: 1, ...lote([]), ids: ids.slice(1) });
    await collectAll([
      letter(version1, { version1Attempts: String(attempts) }),
      letter(body, { sentAt: new Date(Number.NaN) }),
      letter("?", { sentAt: new Date(Number.NaN) }),
    ]);
    expect(await ledger()).toMatchObject(ids.map((imdb_id) => ({ imdb_id, attempts: 1 })));
  },
);

describe("a ledger that an editor has saved", () => {
  const { body } = ledgerOf(report(), report({ id: "278" })).toObject("run-1");

  test("is refused by the number of the line that is no entry", () => {
    const lines = body.split("\n");
    for (const bad of ["{", "null", '{"imdb_id":"tt1"}', "# a note"]) {
      const edited = `\ufeff${["", lines[0], "", bad, lines[1]].join("\r\n")}`;
      expect(() => Ledger.parse(stored({ body: edited, metadata: {} }))).toThrow(LedgerError);
      expect(() => Ledger.parse(stored({ body: edited, metadata: {} }))).toThrow(/^line 4 of erros_geral\.json /);
    }
  });
});

describe("a movie that a lote names by both of its ids", () => {
  const TT = "tt0000278";
  // So many long ids that the lote's list does not fit beside its file.
  const others = Array.from({ length: 40 }, (_, nth) => `9${String(nth).padStart(60, "0")}`);

  test.each([
    ["by the one", [TT], ["278"]],
    ["by the other", ["278"], [TT]],
  ])("and that is stored %s, fails by the other, and the collector comes to its end", async (_, storedIds, failed) => {
    const records = new Map(storedIds.map((id) => [id, movieRecord(TT)]));
    await store.putIf(loteKey(DATE, 1), undefined, loteObject({ run: RUN.run, ids: [TT, "278", ...others], records }));
    const failures = failed.map((id) => ({ id, reason: "network" as const, status: null, message: "reset" }));
    await collectAll([letter(messageBody({ kind: "report", ...lote(failed), failures, recovered: [] }))]);
    expect((await ledger()).map(({ imdb_id }) => imdb_id)).toEqual(failed);
  });

  test("comes to its end also when nothing but the records is there", async () => {
    await store.putIf(loteKey(DATE, 1), undefined, {
      ...textObject(`${JSON.stringify(movieRecord(TT))}\n`),
      metadata: { run: RUN.run },
    });
    await collectAll([letter(messageBody({ kind: "lote", ...lote([TT, "278", "1"]) }))]);
    expect((await ledger()).map(({ imdb_id }) => imdb_id)).toEqual(["1", "278"]);
  });
});

test("an account counts a lote's file whose bytes an earlier run has written already", async () => {
  const accountant = new Accountant(store, DATE);
  const file = (of: RunFile) => loteObject(loteFile(["tt0000001"], ["tt0000001"], { run: of.run }));
  await store.putIf(loteKey(DATE, 1), undefined, file(RUN));
  expect(await accountant.account()).toMatchObject({ stored: 1 });
  const later = run("02");
  await store.putIf(runKey(DATE), (await store.get(runKey(DATE)))?.etag, runObject(later));
  // The earlier run's file is looked at under the later run, before that has written its own.
  expect(await accountant.account()).toMatchObject({ stored: 0 });
  await store.putIf(loteKey(DATE, 1), (await store.get(loteKey(DATE, 1)))?.etag, file(later));
  expect(await accountant.account()).toMatchObject({ stored: 1 });
});
