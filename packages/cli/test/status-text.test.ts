import { type Account, Accountant, type RunFile, runKey, type Trouble } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { at, report } from "@lotes/core/testing/reports";
import { queuedRun } from "@lotes/core/testing/runs";
import { describe, expect, test } from "vitest";
import { misplacedTroubles } from "../src/misplaced.ts";
import { lateTroubles } from "../src/status-report.ts";
import { statusLines } from "../src/status-text.ts";
import { today } from "../src/today.ts";

const DATE = "2026/11/23";
const RUN: RunFile = { ...queuedRun("1"), rows: 40_000, ids: 330, lotes: 4 };

async function accountOf(run: RunFile): Promise<Account> {
  const store = new MemoryStore();
  await store.overwrite(runKey(DATE), JSON.stringify(run));
  const account = await new Accountant(store, DATE).account();
  if (account === undefined) throw new Error("there is no run");
  return account;
}

async function text(run: RunFile, seconds: number, troubles: Trouble[] = []): Promise<string> {
  const account = await accountOf(run);
  return statusLines({ account, date: DATE, place: "stage prod", troubles, budget: 40, now: at(seconds) }).join("\n");
}

describe("the status of a run", () => {
  test("has what is left, for how long, and when it began", async () => {
    const lines = await text(RUN, 181);
    expect(lines).toContain("  left            330   some 9 s at 40 requests a second\n");
    expect(lines).toContain(
      "  started   2026-11-23 12:00:00 UTC, 4 min ago\n  queued    2026-11-23 12:00:01 UTC, 3 min ago\n\n",
    );
    expect(lines).not.toContain("finished");
  });

  test("has when it finished, hours and days later too", async () => {
    const finished = { ...RUN, ids: 0, lotes: 0 };
    expect(await text(finished, 3)).toContain("  finished  2026-11-23 12:00:01 UTC, 2 s ago\n");
    expect(await text(finished, 1 + 3 * 3_600)).toContain("12:00:01 UTC, 3 h ago\n");
    expect(await text(finished, 1 + 3 * 86_400)).toContain("12:00:01 UTC, 3 days ago\n");
  });

  test("has the ids that a replay has stored, and that still stand in the ledger, as counted twice", async () => {
    const account = { ...(await accountOf(RUN)), stored: 330, failures: [report(), report({ id: "tt2" })] as never };
    const shown = { account, date: DATE, place: "stage prod", troubles: [], budget: 40, now: at(3) };
    expect(statusLines(shown)).toEqual(
      expect.arrayContaining([
        "  left              0",
        "  330 ids = 330 stored + 2 failed - 2 counted twice: stored, and not yet out of the failures",
      ]),
    );
  });

  test("has what is wrong among the rest", async () => {
    const trouble = { code: "upload_rejected", message: "a later upload was rejected: it is empty" } as const;
    expect(await text(RUN, 3, [trouble])).toMatch(/under way\n\n! a later upload was rejected: it is empty\n$/);
  });
});

describe("CSVs at other keys", () => {
  const misplaced = async (...keys: string[]) => {
    const store = new MemoryStore();
    for (const key of keys) await store.overwrite(`Raw/Local/CSV/Movies/2026/11/23/${key}`, "id");
    return misplacedTroubles({ store, bucket: "lake" }, DATE);
  };

  test("are told with the key that they should have, and that they have to be unpacked", async () => {
    expect(await misplaced("movies.csv.gz")).toEqual([
      {
        code: "misplaced_csv",
        message:
          "s3://lake/Raw/Local/CSV/Movies/2026/11/23/movies.csv.gz lies where no run begins: " +
          "its key should be Raw/Local/CSV/Movies/2026/11/23/movies.csv, unpacked",
      },
    ]);
  });

  test("are told five at a time", async () => {
    const told = await misplaced(...Array.from({ length: 8 }, (_, index) => `movies (${index}).csv`));
    expect(told).toHaveLength(5);
    expect(told.at(-1)?.message).toContain("lies where no run begins, as do 3 others: its key");
  });

  test("are not looked for by who may not list the bucket", async () => {
    const store = new MemoryStore();
    store.folder = () =>
      Promise.reject(Object.assign(new Error("Access Denied"), { $metadata: { httpStatusCode: 403 } }));
    expect(await misplacedTroubles({ store, bucket: "lake" }, DATE)).toEqual([]);
    store.folder = () => Promise.reject(new Error("no connection"));
    await expect(misplacedTroubles({ store, bucket: "lake" }, DATE)).rejects.toThrow("no connection");
  });
});

test("a CSV whose run should have begun by now is told with where to look", () => {
  expect(lateTroubles(at(0), at(29))).toEqual([]);
  expect(lateTroubles(at(0), at(90))).toEqual([
    {
      code: "not_in_force",
      message: expect.stringMatching(/^its run has not begun since 2026-11-23 .* UTC, 90 s ago: .* the producer's log/),
    },
  ]);
});

test("today is the day in UTC, on an evening in Brazil too", () => {
  const evening = new Date("2026-11-24T01:30:00Z");
  // As a clock there has it.
  Object.assign(evening, { getDate: () => 23, getMonth: () => 10, getFullYear: () => 2026 });
  expect(today(evening)).toBe("2026/11/24");
});
