import { type Account, ledgerKey, loteKey, runKey } from "@lotes/core";
import { loteObject } from "@lotes/core/files/lote-file";
import { runObject } from "@lotes/core/files/run-file";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { loteFile } from "@lotes/core/testing/movies";
import { ledgerOf, report } from "@lotes/core/testing/reports";
import { queuedRun } from "@lotes/core/testing/runs";
import { describe, expect, test } from "vitest";
import { choose } from "../src/replay-choice.ts";

const DATE = "2026/11/23";
const RUN = { ...queuedRun("1"), ids: 4, lotes: 1 };
const STORED = "tt1000000";
const FAILED = "tt1000001";

const failures = ledgerOf(report({ id: FAILED, run: RUN.run })).failedIds();
const atWork: Account = {
  run: RUN,
  lotesDone: 1,
  stored: 1,
  failures,
  cancelled: 0,
  malformedMessages: [],
  settled: false,
  finishedAt: undefined,
  manifest: undefined,
};
const settled: Account = { ...atWork, run: { ...RUN, ids: 2 }, settled: true };

/** What is chosen by ids, of a run with one lote. */
async function chosen(account: Account, ids?: readonly string[], reason?: "network") {
  const store = new MemoryStore();
  await store.putIf(runKey(DATE), undefined, runObject(account.run));
  await store.putIf(loteKey(DATE, 1), undefined, loteObject(loteFile([STORED], [STORED], { run: RUN.run })));
  await store.putIf(ledgerKey(DATE), undefined, ledgerOf(report({ id: FAILED, run: RUN.run })).toObject(RUN.run));
  return choose(store, DATE, account, { ids, reason });
}

describe("a replay during a run", () => {
  test("sends what has failed so far, and says that the run is still at work", async () => {
    expect(await chosen(atWork)).toMatchObject({
      entries: [{ imdb_id: FAILED }],
      troubles: [
        { code: "run_at_work", message: expect.stringContaining("2 of 4 ids are neither stored nor failed yet") },
      ],
    });
    expect(await chosen(settled)).toMatchObject({ entries: [{ imdb_id: FAILED }], troubles: [] });
  });
});

test("a replay of an id in another case says how the run has it", async () => {
  await expect(chosen(settled, [FAILED.toUpperCase()])).rejects.toThrow(
    "TT1000001 is written tt1000001 in the run: give it so",
  );
});

describe("a replay of an id that did not fail", () => {
  test("says that it has a record", async () => {
    expect(await chosen(settled, [STORED])).toEqual({
      entries: [],
      notChosen: 1,
      troubles: [{ code: "has_record", message: "tt1000000 did not fail: its record is in lote_1.json" }],
    });
  });

  test("is told beside what is sent of the ids that did", async () => {
    expect(await chosen(settled, [STORED, FAILED])).toMatchObject({
      entries: [{ imdb_id: FAILED }],
      troubles: [{ code: "has_record", message: expect.stringContaining(STORED) }],
    });
    await expect(chosen(settled, [FAILED, "tt9999999"])).rejects.toThrow("tt9999999 is not of run");
  });

  test.each<[string, Account, string, "network" | undefined, string]>([
    ["is not of the run", settled, "tt9999999", undefined, "not_of_this_run"],
    ["may yet fail", atWork, "tt9999999", undefined, "run_at_work"],
    ["failed for another reason", settled, FAILED, "network", "other_reason"],
  ])("is an error when it %s", async (_, account, id, reason, code) => {
    const error = expect.objectContaining({ code, exitCode: 1, message: expect.stringContaining(id) });
    await expect(chosen(account, [id], reason)).rejects.toEqual(error);
  });
});
