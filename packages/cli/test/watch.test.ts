import { runKey } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { queuedRun } from "@lotes/core/testing/runs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Target } from "../src/target.ts";
import { supersededTroubles } from "../src/uploaded-run.ts";
import { follow, isFinished } from "../src/watch.ts";

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
  const followed = follow(target, DATE, 40, isFinished);
  await vi.waitUntil(() => told.includes("lies where no run begins"));
  expect(told).toMatch(
    /^There is no run of 2026\/11\/23 yet: waiting for the producer\.\n! s3:\/\/lake\/.*\/Movies\.csv lies where no run begins: its key should be .*\/movies\.csv\n$/,
  );

  await store.overwrite(runKey(DATE), JSON.stringify(queuedRun("1")));
  const account = await followed;
  expect(account.settled).toBe(true);
  expect(supersededTroubles(account.run.run, account)).toEqual([]);
  expect(supersededTroubles("another run", account)).toMatchObject([{ code: "superseded" }]);
});
