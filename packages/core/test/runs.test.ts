import { beforeEach, expect, test } from "vitest";
import { loteKey, manifestKey } from "../src/dataset/keys.ts";
import { type Manifest, manifestObject } from "../src/files/manifest.ts";
import { runSummaries, settledRuns } from "../src/operator/runs.ts";
import { MemoryStore } from "./support/memory-store.ts";

const MANIFEST: Manifest = {
  version: 1,
  run: "0123456789abcdef",
  date: "2026/11/23",
  revision: 1,
  source: { bucket: "lake", key: "movies.csv", etag: "etag", size: 1, sequencer: "01" },
  filter: { min_year: 1960, min_votes: 10_000, genres: ["crime"] },
  ids: 2,
  stored: 1,
  failed: 1,
  failed_by_reason: { not_found: 1 },
  reused: 0,
  started_at: "2026-11-23T12:00:00.000Z",
  queued_at: "2026-11-23T12:00:01.000Z",
  finished_at: "2026-11-23T12:00:09.000Z",
  requests: 2,
  retries: 0,
  rate_limited: 0,
  files: [{ key: "lote_1.json", etag: "1", records: 1, bytes: 1, oldest_fetched_at: "2026-11-23T12:00:02.000Z" }],
  ledger: null,
};

let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore();
});

async function settle(date: string): Promise<void> {
  await store.putIf(manifestKey(date), undefined, manifestObject({ ...MANIFEST, date }));
}

test("every date with a manifest is told, the latest first", async () => {
  for (const date of ["2025/12/31", "2026/11/23", "2026/02/01"]) await settle(date);
  await store.overwrite(loteKey("2026/11/24", 1), "{}");
  await store.overwrite("Raw/TMDB/JSON/Movies/2026/11/notes/_manifest.json", "{}");
  expect((await settledRuns(store)).map(({ date }) => date)).toEqual(["2026/11/23", "2026/02/01", "2025/12/31"]);
});

test.each([
  ["is not JSON", "{", "_manifest.json is not JSON; remove it, and drop the CSV again"],
  [
    "is of a later version",
    JSON.stringify({ ...MANIFEST, version: 2 }),
    "_manifest.json has version 2, and this program knows 1: update this program",
  ],
  ...[
    ["has a number of ids that are not those with a record and those without", { ids: 3 }, "ids"],
    ["counts more records than its files", { ids: 10, stored: 9 }, "stored"],
    ["counts other failures than its reasons", { ids: 3, failed: 2 }, "failed"],
    ["has a negative number", { requests: -1 }, "requests"],
    ["has an instant that is none", { finished_at: "yesterday" }, "finished_at"],
    ["names a file without an ETag", { files: [{ ...MANIFEST.files[0], etag: null }] }, "files[0].etag"],
  ].map(([what, edit, field]) => [
    what as string,
    JSON.stringify({ ...MANIFEST, ...(edit as object) }),
    `_manifest.json does not hold a manifest (see its ${field}); remove it, and drop the CSV again`,
  ]),
  [
    "was copied from another date",
    JSON.stringify({ ...MANIFEST, date: "2026/11/22" }),
    "_manifest.json is of 2026/11/22; remove it, and drop the CSV again",
  ],
])("a manifest that %s is told in one line beside the others", async (_, body, problem) => {
  await settle("2026/11/24");
  await store.overwrite(manifestKey("2026/11/23"), body);
  expect(await settledRuns(store)).toMatchObject([
    { date: "2026/11/24", manifest: { ids: 2 } },
    { date: "2026/11/23", problem },
  ]);
});

test("a run that ended before it began, by the clocks of two machines, took no time", () => {
  const manifest = { ...MANIFEST, finished_at: "2026-11-23T11:59:59.000Z" };
  expect(runSummaries([{ date: MANIFEST.date, manifest }])).toMatchObject([{ seconds: 0 }]);
});

test("a data lake without output has no runs", async () => {
  expect(await settledRuns(store)).toEqual([]);
});
