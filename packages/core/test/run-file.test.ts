import { describe, expect, test } from "vitest";
import { runKey } from "../src/dataset/keys.ts";
import {
  type CsvVersion,
  isOlder,
  newRun,
  parseRunFile,
  RunFileError,
  readRun,
  runId,
  runObject,
} from "../src/files/run-file.ts";
import { MemoryStore, stored } from "./support/memory-store.ts";

const FILTER = { minYear: 1960, minVotes: 10_000, genres: ["crime", "war"] };
const STARTED = new Date("2026-11-23T12:00:00Z");

function source(changes: Partial<CsvVersion> = {}): CsvVersion {
  return {
    bucket: "lake",
    key: "Raw/Local/CSV/Movies/2026/11/23/movies.csv",
    etag: "d41d8cd98f00b204e9800998ecf8427e",
    size: 172_678_188,
    sequencer: "0055AED6DCD90281E5",
    ...changes,
  };
}

describe("the id of a run", () => {
  test("is 16 hexadecimal digits, the same for the same event on every machine", () => {
    expect(runId(source())).toMatch(/^[0-9a-f]{16}$/);
    expect(runId(source())).toBe(runId({ ...source() }));
    // From `printf '["lake","Raw/…/movies.csv","0055…"]' | sha256sum`. Files in the lake carry it: no release may change it.
    expect(runId(source())).toBe("21a45f1359b6d735");
  });

  test.each([
    ["sequencer", { sequencer: "0055AED6DCD90281E6" }],
    ["key", { key: "Raw/Local/CSV/Movies/2026/11/24/movies.csv" }],
    ["bucket", { bucket: "pond" }],
  ])("is another one for another %s", (_, change) => {
    expect(runId(source(change))).not.toBe(runId(source()));
  });

  test("is not fooled by a bucket and a key that read the same together", () => {
    expect(runId(source({ bucket: "ab", key: "c" }))).not.toBe(runId(source({ bucket: "a", key: "bc" })));
  });

  test("is the event's, whatever the event tells of the content", () => {
    expect(runId(source({ etag: "another", size: 1 }))).toBe(runId(source()));
  });
});

describe("of two events of a key, the older one has the lower sequencer", () => {
  test.each([
    ["of the same length", "0055AED6DCD90281E5", "0055AED6DCD90281E6"],
    ["shorter, and lower once padded on the right", "0055AED6", "0055AED6DCD90281E5"],
    ["longer, and lower all the same", "0055AED6DCD90281E5", "0055AED7"],
    ["longer by a digit", "10", "9"],
    ["of digits and letters", "9", "A"],
    ["in small letters", "0a", "0B"],
    ["in capitals", "0A", "0b"],
    ["against nothing", "", "1"],
  ])("%s: %s before %s", (_, older, newer) => {
    expect(isOlder({ sequencer: older }, { sequencer: newer })).toBe(true);
    expect(isOlder({ sequencer: newer }, { sequencer: older })).toBe(false);
  });

  test.each([
    ["0055AED6DCD90281E5", "0055AED6DCD90281E5"],
    ["0055AED6", "0055AED600"],
    ["0055aed6", "0055AED6"],
  ])("and of %s and %s neither is older", (a, b) => {
    expect(isOlder({ sequencer: a }, { sequencer: b })).toBe(false);
    expect(isOlder({ sequencer: b }, { sequencer: a })).toBe(false);
  });
});

describe("_run.json", () => {
  const run = newRun(source(), FILTER, STARTED);

  test("of a new run knows its source and its filter, and has counted nothing yet", () => {
    expect(JSON.parse(runObject(run).body)).toEqual({
      run: runId(source()),
      status: "queuing",
      source: source(),
      filter: { min_year: 1960, min_votes: 10_000, genres: ["crime", "war"] },
      rows: 0,
      malformed: { count: 0, first_lines: [] },
      unreadable: { count: 0, first_lines: [] },
      ids: 0,
      lotes: 0,
      started_at: "2026-11-23T12:00:00.000Z",
      queued_at: null,
      error: null,
      rejected: null,
    });
  });

  test("is JSON, with the run beside it", () => {
    expect(runObject(run)).toMatchObject({ contentType: "application/json", metadata: { run: run.run } });
    expect(runObject(run).body).toMatch(/\n$/);
  });

  test("is parsed once as long as it stays the same, and nobody can change what was parsed", () => {
    const parsed = parseRunFile(stored(runObject(run)));
    expect(parseRunFile(stored(runObject(run)))).toBe(parsed);
    expect(parsed).toSatisfy(Object.isFrozen);
  });

  test("is told from every other one, however many were parsed before", () => {
    const texts = Array.from({ length: 20 }, (_, rows) => stored(runObject({ ...run, rows })));
    for (let round = 0; round < 2; round++)
      expect(texts.map((text) => parseRunFile(text).rows)).toEqual(texts.map((_, rows) => rows));
  });

  test("is read back as it was written", async () => {
    const rejected = { source: source({ sequencer: "FF" }), reason: "it is empty", at: STARTED.toISOString() };
    const full = {
      ...run,
      status: "queued" as const,
      rows: 1_034_000,
      malformed: { count: 2, first_lines: [7, 12] },
      ids: 10_300,
      lotes: 103,
      queued_at: STARTED.toISOString(),
      rejected,
    };
    const store = new MemoryStore();
    await store.putIf(runKey("2026/11/23"), undefined, runObject(full));
    expect(await readRun(store, "2026/11/23")).toEqual(full);
    expect(await readRun(store, "2026/11/24")).toBeUndefined();
  });

  test.each([
    ["nothing", ""],
    ["text", "hello"],
    ["an empty object", "{}"],
    ["null", "null"],
    ["a list", "[]"],
    ["a status that is none", JSON.stringify({ ...run, status: "done" })],
    ["less than no ids", JSON.stringify({ ...run, ids: -1 })],
    ["half a run", JSON.stringify(run).slice(0, 100)],
  ])("that holds %s is a RunFileError with its cause", (_, body) => {
    const reading = () => parseRunFile(stored({ body, metadata: {} }));
    expect(reading).toThrow(RunFileError);
    expect(reading).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });

  test("that somebody has edited is told by the field to look at", () => {
    const body = JSON.stringify({ ...run, source: { ...run.source, size: "1" } });
    expect(() => parseRunFile(stored({ body, metadata: {} }))).toThrow(
      "_run.json does not hold a run (see its source.size); remove it and drop the CSV again",
    );
  });
});
