import { Accountant, runKey } from "@lotes/core";
import type { CancelledRun } from "@lotes/core/files/run-file";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { at, ledgerOf, report } from "@lotes/core/testing/reports";
import { queuedRun } from "@lotes/core/testing/runs";
import { expect, test } from "vitest";
import { explanationLines } from "../src/explain-report.ts";
import { failureLines } from "../src/failure-text.ts";
import { choose } from "../src/replay-choice.ts";
import { replayLines } from "../src/replay-report.ts";

const DATE = "2026/11/23";
const CANCELLED: CancelledRun = {
  ...queuedRun("1"),
  ids: 2,
  lotes: 1,
  status: "cancelled",
  error: null,
  cancelled_at: at(9).toISOString(),
};
const WHY = `the run was cancelled at ${CANCELLED.cancelled_at}: nothing more is asked for; ingest the CSV to start anew`;

test("nobody is told to replay the failures of a cancelled run", async () => {
  const [failure] = ledgerOf(report({ run: CANCELLED.run })).failedIds();
  if (failure === undefined) throw new Error("there is no failure");
  const store = new MemoryStore();
  await store.overwrite(runKey(DATE), JSON.stringify(CANCELLED));
  await store.overwrite("Raw/TMDB/JSON/Movies/2026/11/23/erros_geral.json", `${JSON.stringify(failure)}\n`);
  const account = await new Accountant(store, DATE).account();

  const told = { id: failure.imdb_id, date: DATE, bucket: "lake", rows: undefined, unselected: [], run: CANCELLED };
  const explained = explanationLines({ ...told, fate: { state: "failed", failure } });
  expect(explained).toContain(`  ${WHY}`);
  expect(explained.join("\n")).not.toContain("replay");
  expect(failureLines([failure], CANCELLED, DATE)).toContain(`! ${WHY}`);
  const chosen = await choose(store, DATE, account, { all: true });
  const replayed = replayLines({ ...chosen, lotes: 0, dryRun: false, dlq: undefined });
  expect(replayed.join("\n")).toMatch(/^There is nothing to replay\.\n\n! run .* was cancelled/);
});
