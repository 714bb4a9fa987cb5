import { expect, test } from "vitest";
import { ledgerKey, loteKey, runKey } from "../src/keys.ts";
import { collect } from "../src/ledger/collect.ts";
import { loteObject } from "../src/lote/lote-file.ts";
import { messageBody } from "../src/message.ts";
import { newRun, runObject, type Source } from "../src/run/run-file.ts";
import { FILTER } from "./support/csv.ts";
import { InterruptedStore } from "./support/interrupted-store.ts";
import type { MemoryStore } from "./support/memory-store.ts";
import { loteFile } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";
import { at } from "./support/reports.ts";

const DATE = "2026/11/23";
const ID = "tt1000000";

function runOf(sequencer: string) {
  const source: Source = { bucket: "b", key: "k", etag: "e", size: 1, sequencer };
  return { ...newRun(source, FILTER, at(0)), status: "queued" as const, queued_at: at(1).toISOString() };
}

/** Collects one failure of the run, with something happening in the middle. */
async function collectedWith(interrupt: (store: MemoryStore) => Promise<void>): Promise<string | undefined> {
  const store = new InterruptedStore(ledgerKey(DATE));
  const { run } = runOf("01");
  await store.putIf(runKey(DATE), undefined, runObject(runOf("01")));
  store.interrupt = () => interrupt(store);
  const failures = [{ id: ID, reason: "server_error" as const, status: 503, message: "offline" }];
  const body = messageBody({ version: 1, run, date: DATE, lote: 1, ids: [ID], failures });
  await Promise.all(collect([{ body, sentAt: at(2), attempts: 1 }], { store, ...QUIET }));
  return (await store.get(ledgerKey(DATE)))?.body;
}

test("a failure stands in the ledger when nothing happens meanwhile", async () => {
  expect(await collectedWith(async () => {})).toContain(ID);
});

test("a failure of a run that is superseded while it is written does not stay", async () => {
  expect(await collectedWith((store) => store.overwrite(runKey(DATE), runObject(runOf("02")).body))).toBeUndefined();
});

test("a failure of a run that is given up while it is written does not stay", async () => {
  const givenUp = runObject({ ...runOf("01"), status: "rejected", error: "replaced" });
  expect(await collectedWith((store) => store.overwrite(runKey(DATE), givenUp.body))).toBeUndefined();
});

test("a failure of an id that gets its record while it is written does not stay", async () => {
  const { run } = runOf("01");
  const file = loteObject(loteFile([ID], [ID], { run }));
  expect(await collectedWith((store) => store.putIf(loteKey(DATE, 1), undefined, file))).toBeUndefined();
});
