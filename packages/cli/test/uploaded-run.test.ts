import { type Account, type RunFile, runKey } from "@lotes/core";
import { MemoryStore } from "@lotes/core/testing/memory-store";
import { queuedRun } from "@lotes/core/testing/runs";
import { describe, expect, test } from "vitest";
import { uploadedRun, uploadTroubles } from "../src/uploaded-run.ts";
import { isFinishedOrSuperseded } from "../src/watch.ts";

const DATE = "2026/11/23";
const RUN = queuedRun("1");

/** Waits no time, and lets something happen after so many looks. */
function waiting(looks: number, happens: () => Promise<void>) {
  let waits = 0;
  let waited = 0;
  const wait = async (ms: number) => {
    waited += ms;
    if (++waits === looks) await happens();
  };
  return { wait, waited: () => waited };
}

const write = (store: MemoryStore, run: object) => store.overwrite(runKey(DATE), JSON.stringify(run));

test("the run of an upload is known once it is in force", async () => {
  const store = new MemoryStore();
  const { wait } = waiting(3, () => write(store, RUN));
  expect(await uploadedRun(store, DATE, RUN.source.etag, undefined, wait)).toEqual(RUN);
});

test("an upload that the producer can't use is an error, whether or not a run stays in force", async () => {
  const rejected = {
    source: { ...RUN.source, etag: "mine", sequencer: "2" },
    reason: "it is empty",
    at: RUN.started_at,
  };
  const store = new MemoryStore();
  await write(store, { ...RUN, rejected });
  const error = expect.objectContaining({ code: "csv_rejected", message: "the CSV was rejected: it is empty" });
  await expect(uploadedRun(store, DATE, "mine", RUN)).rejects.toEqual(error);
});

test("a run that does not begin is waited for half a minute, and then told", async () => {
  const { wait, waited } = waiting(0, async () => {});
  expect(await uploadedRun(new MemoryStore(), DATE, "mine", undefined, wait)).toBeUndefined();
  expect(waited()).toBe(30_000);
  expect(uploadTroubles(undefined, undefined, DATE)).toEqual([
    {
      code: "not_in_force",
      message: "the producer has not begun its run within 30 s: see `lotes status --date 2026/11/23`",
    },
  ]);
});

describe("an upload whose run was followed", () => {
  const followed = { ...RUN, run: "followed" };
  const account = (run: RunFile) => ({ run, settled: true }) as Account;
  const isOver = isFinishedOrSuperseded(followed);
  const finishedAt = new Date(0);

  test("has nothing to tell at its own end", () => {
    expect(uploadTroubles(followed, account(followed), DATE)).toEqual([]);
  });

  test("ends when that of another CSV takes its place, and says so", () => {
    const other = account({ ...RUN, source: { ...RUN.source, etag: "other" } });
    expect(isOver(other)).toBe(true);
    expect(uploadTroubles(followed, other, DATE)).toMatchObject([
      { code: "superseded", message: expect.stringMatching(/^a later upload has taken the place of run followed/) },
    ]);
  });

  test("goes on with the run of the same CSV that somebody dropped once more, to its end", () => {
    expect(isOver({ ...account(RUN), settled: false })).toBe(false);
    expect(isOver({ ...account(RUN), finishedAt })).toBe(true);
    expect(uploadTroubles(followed, account(RUN), DATE)).toMatchObject([
      { code: "superseded", message: expect.stringMatching(/^the same CSV was dropped once more/) },
    ]);
  });
});
