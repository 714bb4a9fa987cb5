import { expect, test, vi } from "vitest";
import { ledgerKey, loteKey, runKey } from "../src/dataset/keys.ts";
import { Ledger } from "../src/files/ledger.ts";
import { loteObject } from "../src/files/lote-file.ts";
import { runObject } from "../src/files/run-file.ts";
import { collect } from "../src/stages/collect.ts";
import { messageBody } from "../src/stages/message.ts";
import { InterruptedStore } from "./support/interrupted-store.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { loteFile } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { at, report } from "./support/reports.ts";
import { queuedRun } from "./support/runs.ts";

const DATE = "2026/11/23";
const ID = "tt1000000";

/** Collects one failure of the run, with something happening in the middle. */
async function collectedWith(
  interrupt: (store: MemoryStore) => Promise<unknown>,
  store = new InterruptedStore(ledgerKey(DATE)),
): Promise<string | undefined> {
  const { run } = queuedRun("01");
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  store.interrupt = () => interrupt(store);
  const failures = [{ id: ID, reason: "server_error" as const, status: 503, message: "offline" }];
  const lote = { run, date: DATE, lote: 1, ids: [ID], attempts: 1 };
  const body = messageBody({ kind: "report", ...lote, failures, recovered: [] });
  await Promise.all(collect([{ body, sentAt: at(2) }], { store, ...QUIET }));
  return (await store.get(ledgerKey(DATE)))?.body;
}

test("a failure stands in the ledger when nothing happens meanwhile", async () => {
  expect(await collectedWith(async () => {})).toContain(ID);
});

test("of a failure and a recovery in one batch the later one counts, whichever is delivered first", async () => {
  const store = new MemoryStore();
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  const lote = { kind: "report", run: queuedRun("01").run, date: DATE, lote: 1, attempts: 1 } as const;
  const failures = [{ id: ID, reason: "server_error" as const, status: 503, message: "offline" }];
  const failed = messageBody({ ...lote, ids: [ID], failures, recovered: [] });
  const recovered = messageBody({ ...lote, ids: [], failures: [], recovered: [ID] });
  const letters = [
    { body: recovered, sentAt: at(3) },
    { body: failed, sentAt: at(2) },
  ];
  await Promise.all(collect(letters, { store, ...QUIET }));
  expect(await store.get(ledgerKey(DATE))).toBeUndefined();
});

test("a failure of a run that is superseded while it is written does not stay", async () => {
  expect(
    await collectedWith((store) => store.overwrite(runKey(DATE), runObject(queuedRun("02")).body)),
  ).toBeUndefined();
});

test("a failure of a run that is given up while it is written does not stay", async () => {
  const givenUp = runObject({ ...queuedRun("01"), status: "rejected", error: "replaced" });
  expect(await collectedWith((store) => store.overwrite(runKey(DATE), givenUp.body))).toBeUndefined();
});

test("a message of another program is of the later run that supersedes while it is written, and stays with its files", async () => {
  const store = new InterruptedStore(ledgerKey(DATE));
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  store.interrupt = () => store.overwrite(runKey(DATE), runObject(queuedRun("02")).body);
  await Promise.all(collect([{ body: "of another program", sentAt: at(2) }], { store, ...QUIET }));
  expect(await store.get(ledgerKey(DATE))).toMatchObject({
    body: expect.stringContaining("of another program"),
    metadata: { run: queuedRun("02").run },
  });
});

test("a failure of an id that gets its record while it is written does not stay", async () => {
  const { run } = queuedRun("01");
  const file = loteObject(loteFile([ID], [ID], { run }));
  expect(await collectedWith((store) => store.putIf(loteKey(DATE, 1), undefined, file))).toBeUndefined();
});

test("a stale report of an id that has its record is not entered, not even for a moment", async () => {
  const store = new InterruptedStore(ledgerKey(DATE));
  const { run } = queuedRun("01");
  await store.putIf(loteKey(DATE, 1), undefined, loteObject(loteFile([ID], [ID], { run })));
  const write = vi.spyOn(store, "putIf");
  await collectedWith(async () => {}, store);
  expect(write).not.toHaveBeenCalledWith(ledgerKey(DATE), expect.anything(), expect.anything());
  expect(write).not.toHaveBeenCalledWith(ledgerKey(DATE), undefined, expect.anything());
});

test("a lote that SQS gave up is entered without the ids that a consumer has stored, in one write", async () => {
  const store = new MemoryStore();
  const { run } = queuedRun("01");
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("01")));
  await store.putIf(loteKey(DATE, 1), undefined, loteObject(loteFile([ID], [ID], { run })));
  const write = vi.spyOn(store, "putIf");
  const body = messageBody({ kind: "lote", run, date: DATE, lote: 1, ids: [ID, "tt2222222"], attempts: 0 });
  await Promise.all(collect([{ body, sentAt: at(2) }], { store, ...QUIET }));
  const ledger = (await store.get(ledgerKey(DATE)))?.body;
  expect(ledger).toContain("tt2222222");
  expect(ledger).not.toContain(ID);
  expect(write).toHaveBeenCalledOnce();
});

test("what is left of an earlier run goes with the first write for the one in force", async () => {
  const left = new Ledger();
  left.enter(report({ id: "tt2222222", run: queuedRun("00").run }));
  const store = new InterruptedStore(ledgerKey(DATE));
  await store.putIf(ledgerKey(DATE), undefined, left.toObject(queuedRun("00").run));
  const ledger = await collectedWith(async () => {}, store);
  expect(ledger).toContain(ID);
  expect(ledger).not.toContain("tt2222222");
});

test("a lote of a superseded run that SQS gave up leaves no file behind, and one of the run in force does", async () => {
  const store = new MemoryStore();
  await store.putIf(runKey(DATE), undefined, runObject(queuedRun("02")));
  const written = loteObject(loteFile([ID], [ID], { run: queuedRun("01").run }));
  await store.putIf(loteKey(DATE, 1), undefined, written);
  await store.putIf(loteKey(DATE, 2), undefined, loteObject(loteFile([ID], [ID], { run: queuedRun("02").run })));
  const letter = (lote: number) => {
    const body = messageBody({ kind: "lote", run: queuedRun("01").run, date: DATE, lote, ids: [ID], attempts: 0 });
    return { body, sentAt: at(2) };
  };
  await Promise.all(collect([letter(1), letter(2)], { store, ...QUIET }));
  expect(await store.get(loteKey(DATE, 1))).toBeUndefined();
  expect(await store.get(loteKey(DATE, 2))).toBeDefined();
});
