import { MemoryStore } from "@lotes/core/testing/memory-store";
import { expect, test } from "vitest";
import { withReport } from "../src/run-report.ts";

async function* files() {
  yield { name: "lote_1.json", body: "{}" };
}

test("a run's files are kept without the page, if that can't be made, and a line says so", async () => {
  const store = new MemoryStore();
  await store.putIf("Raw/TMDB/JSON/Movies/2026/11/23/_run.json", undefined, {
    body: "not a run",
    contentType: "application/json",
    metadata: {},
  });
  const told: string[] = [];
  const place = { name: "here", bucket: "b", store, budget: 40 };
  const kept = await Array.fromAsync(withReport(files(), place, "2026/11/23", (line) => told.push(line)));
  expect(kept.map(({ name }) => name)).toEqual(["lote_1.json"]);
  expect(told).toEqual([expect.stringMatching(/^! report\.html is left out: _run\.json does not hold a run/)]);
});
