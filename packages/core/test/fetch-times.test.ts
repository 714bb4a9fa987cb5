import { describe, expect, test } from "vitest";
import { loteObject, parseLoteFile } from "../src/files/lote-file.ts";
import { stored } from "./support/memory-store.ts";
import { loteFile, movieIds } from "./support/movies.ts";

const OLDEST = new Date("2026-05-01T12:00:00.123Z");
const later = (days: number) => new Date(OLDEST.getTime() + days * 86_400_000);
const WORK = {
  startedAt: later(180),
  endedAt: later(180),
  lastStartedAt: later(180),
  oldestFetchedAt: OLDEST,
  requests: 1,
  retries: 0,
  rate_limited: 0,
  reused: 99,
  origin: "1a2b3c4d",
};

function written(ids: readonly string[], daysOf: (index: number) => number) {
  const fetchTimes = new Map(ids.map((id, index) => [id, later(daysOf(index))]));
  const run = "0123456789abcdef";
  const object = loteObject({ ...loteFile(ids, ids, { run }), work: WORK, fetchTimes });
  return { object, fetchTimes, read: parseLoteFile(stored(object), ids).fetchTimes };
}

describe("when TMDB gave each record of a lote", () => {
  test.each([
    ["all at once", () => 0],
    ["a few later than the others", (index: number) => (index % 50 === 0 ? 179 : 0)],
    ["each on a day of its own", (index: number) => index + 80],
  ])("is kept to the millisecond: %s", (_, daysOf) => {
    const { fetchTimes, read } = written(movieIds(100), (index) => (index === 0 ? 0 : daysOf(index)));
    expect(read?.get("tt1000000")).toEqual(OLDEST);
    for (const [id, at] of read ?? []) if (id !== "tt1000000") expect(at).toEqual(fetchTimes.get(id));
  });

  test("is as long ago as of the oldest record where there is no room for more", () => {
    const { object, read } = written(movieIds(150), (index) => index);
    const bytes = Object.entries(object.metadata).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
    expect(bytes).toBeLessThanOrEqual(2_048);
    expect(new Set(read?.values().map((at) => at.getTime()))).toEqual(new Set([OLDEST.getTime()]));
  });
});
