import { manifestKey } from "@lotes/core/dataset/keys";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { describe, expect, test, vi } from "vitest";
import { reuseIn, reuseLine } from "../src/reuse-report.ts";

describe("how many ids need not be asked for", () => {
  test.each([
    [{ hours: 24, ids: 1_849, saved_by_24_hours: 0 }, "1,849 ids reused: younger than the 24 hours of REUSE_HOURS"],
    [{ hours: 24, ids: 0, saved_by_24_hours: 0 }, "0 ids reused: younger than the 24 hours of REUSE_HOURS"],
    [{ hours: 0, ids: 0, saved_by_24_hours: 1_849 }, "REUSE_HOURS=24 would save the requests for 1,849 ids"],
    [{ hours: 0, ids: 0, saved_by_24_hours: 0 }, undefined],
  ])("is said in a line: %j", (reuse, line) => {
    expect(reuseLine(reuse)).toBe(line);
  });
});

test("a manifest that can't be used is told in one line with what is wrong", async () => {
  const store = new MemoryStore();
  await store.overwrite(manifestKey("2026/11/22"), JSON.stringify({ version: 2 }));
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const settings = { reuseHours: 24, tmdb: {} } as Parameters<typeof reuseIn>[3];
  await reuseIn({ store, isLocal: true }, ["tt1"], "2026/11/23", settings);
  const told = written.mock.calls.join("");
  written.mockRestore();
  expect(told).toBe(
    "! Raw/TMDB/JSON/Movies/2026/11/22/_manifest.json: a manifest can't be used: its records are asked for again " +
      "(_manifest.json has version 2, and this program knows 1: update this program)\n",
  );
});
