import { describe, expect, test } from "vitest";
import { type RunFile, runId } from "../src/files/run-file.ts";
import { uploadIn } from "../src/operator/upload.ts";
import { queuedRun } from "./support/runs.ts";

/** A run of an upload whose bytes have this ETag. */
function runOf(sequencer: string, etag: string, changes: Partial<RunFile> = {}): RunFile {
  const run = queuedRun(sequencer);
  const source = { ...run.source, etag };
  return { ...run, source, run: runId(source), ...changes } as RunFile;
}

function rejection(sequencer: string, etag: string) {
  return { source: runOf(sequencer, etag).source, reason: "it is empty", at: "2026-11-23T12:00:00.000Z" };
}

describe("an upload is found in _run.json", () => {
  test("as the run in force that has its ETag", () => {
    const mine = runOf("2", "mine");
    expect(uploadIn("mine", undefined, mine)).toEqual({ run: mine });
    expect(uploadIn("mine", runOf("1", "earlier"), mine)).toEqual({ run: mine });
  });

  test("when the same bytes were uploaded before, only once their new run is in force", () => {
    const earlier = runOf("1", "same");
    const mine = runOf("2", "same");
    expect(uploadIn("same", earlier, earlier)).toBeUndefined();
    expect(uploadIn("same", earlier, mine)).toEqual({ run: mine });
  });

  test("as rejected, in the place of a run or beside it", () => {
    const alone = runOf("2", "mine", { status: "rejected", error: "it is empty", rejected: rejection("2", "mine") });
    expect(uploadIn("mine", undefined, alone)).toEqual({ rejected: "it is empty" });
    const before = runOf("1", "earlier");
    const beside = { ...before, rejected: rejection("2", "mine") };
    expect(uploadIn("mine", before, beside)).toEqual({ rejected: "it is empty" });
  });

  test("as rejected once more, only once that is told", () => {
    const before = runOf("1", "earlier", { rejected: rejection("2", "mine") });
    expect(uploadIn("mine", before, before)).toBeUndefined();
    expect(uploadIn("mine", before, { ...before, rejected: rejection("3", "mine") })).toEqual({
      rejected: "it is empty",
    });
  });

  test("not at all as long as nothing of it is there", () => {
    expect(uploadIn("mine", undefined, undefined)).toBeUndefined();
    expect(uploadIn("mine", undefined, runOf("1", "earlier"))).toBeUndefined();
  });
});
