import { Accountant, ledgerKey, type ObjectStore, runKey } from "@lotes/core";
import { MemoryStore, textObject } from "@lotes/core/testing/memory-store";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { InterruptedError } from "../src/interruption.ts";
import { keepFiles, outputFiles } from "../src/keep-files.ts";
import { endedEarly, type UnfinishedRun } from "../src/unfinished-run.ts";
import { UserError } from "../src/user-error.ts";
import { Folder } from "./support/folder.ts";

const DATE = "2026/11/23";
const BY_CTRL_C = new InterruptedError("interrupted by SIGINT", 130);

let folder: Folder;
let stderr: MockInstance<typeof process.stderr.write>;
beforeEach(() => {
  folder = new Folder();
  folder.write("out/_run.json", "of an earlier run");
  stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  stderr.mockRestore();
  folder[Symbol.dispose]();
});

const told = () => stderr.mock.calls.map(([text]) => String(text)).join("");

function unfinished(store: ObjectStore, accountant: UnfinishedRun["accountant"] = new Accountant(store, DATE)) {
  const out = folder.at("out");
  const keep = () =>
    keepFiles(() => outputFiles(store, DATE), { out, elsewhere: [], signal: AbortSignal.abort(), tell: () => {} });
  return { stack: { drain: async () => {} }, store, date: DATE, accountant, keep };
}

async function storeWith(...keys: string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const key of keys) await store.overwrite(key, "");
  return store;
}

describe("a run that is interrupted", () => {
  test("before anything was fetched changes no file", async () => {
    const before = folder.files();
    const error = await endedEarly(BY_CTRL_C, unfinished(await storeWith(runKey(DATE))));
    expect(error).toMatchObject({
      exitCode: 130,
      message: "interrupted by SIGINT: nothing was fetched yet, and no file was changed",
    });
    expect(folder.files()).toEqual(before);
  });

  test("says so when what was fetched can't be kept", async () => {
    folder.write("file", "");
    const run = unfinished(await storeWith(ledgerKey(DATE)));
    const error = await endedEarly(BY_CTRL_C, { ...run, keep: () => Promise.reject(new UserError("no room")) });
    expect(error).toMatchObject({ exitCode: 130, message: expect.stringContaining("could not be kept: no room") });
  });
});

describe("a run that breaks down", () => {
  test("keeps what was fetched, says where, and still says why", async () => {
    const store = await storeWith(ledgerKey(DATE));
    const bug = new TypeError("a bug in the drawing of the progress");
    // Nor can the account be taken.
    const error = await endedEarly(bug, unfinished(store, { account: () => Promise.reject(new Error("no account")) }));
    expect(error).toBe(bug);
    expect(Object.keys(folder.files())).toEqual(["out/", "out/erros_geral.json"]);
    expect(told()).toContain(`! The run ends before its time: what was fetched is in ${folder.at("out")}/.`);
  });

  test("before it began has nothing to keep, and leaves an earlier result alone", async () => {
    const before = folder.files();
    const store = new MemoryStore();
    await store.putIf(runKey(DATE), undefined, textObject("rejected"));
    const rejected = new UserError("the CSV was rejected: it is empty");
    expect(await endedEarly(rejected, unfinished(store))).toBe(rejected);
    expect(told()).toBe("");
    expect(folder.files()).toEqual(before);
  });
});
