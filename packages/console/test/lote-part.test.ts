import { loteFile, movieIds } from "@lotes/core/testing/movies";
import { at } from "@lotes/core/testing/reports";
import { expect, test } from "vitest";
import { LoteParts } from "../src/lote-part.ts";

const IDS = movieIds(3);
const WORK = {
  startedAt: at(2),
  endedAt: at(7),
  lastStartedAt: at(2),
  oldestFetchedAt: at(-90),
  requests: 1,
  retries: 0,
  rate_limited: 0,
};

/** The part of a lote of three records, so many of which were used again, that TMDB gave at these seconds. */
function partOf(reused: number, seconds: readonly number[]) {
  const fetchTimes = new Map(IDS.map((id, index) => [id, at(seconds[index] ?? 0)]));
  const content = { ...loteFile(IDS, IDS, { run: "1" }), work: { ...WORK, reused }, fetchTimes };
  const stored = { lote: 1, key: "k", etag: "e", modifiedAt: at(7), records: 3, content };
  return new LoteParts().of([stored], [])[0];
}

test("a lote's part tells which records were used again, and when TMDB gave them, as far as its file tells", () => {
  const used_again = [
    { at: at(-90).toISOString(), places: [0, 2] },
    { at: at(-60).toISOString(), places: [1] },
  ];
  expect(partOf(3, [-90, -60, -90])).toMatchObject({ used_again });
  expect(partOf(2, [-90, 2, -90])).toMatchObject({ used_again: used_again.slice(0, 1) });
  expect(partOf(0, [2, 2, 2])).not.toHaveProperty("used_again");
  // The file had no room for the times.
  expect(partOf(1, [-90, -90, -90])).not.toHaveProperty("used_again");
});
