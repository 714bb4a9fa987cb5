import { mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { type KeepOptions, keepFiles } from "../src/keep-files.ts";
import type { OutputFile } from "../src/output-directory.ts";
import { Folder } from "./support/folder.ts";

async function* files(): AsyncGenerator<OutputFile> {
  yield { name: "_run.json", body: "run" };
  yield { name: "lote_1.json", body: "records" };
}

const ALL = ["_run.json", "lote_1.json"];

/** Nothing takes files but what the test has made so: all names lie under files. */
function options(folder: Folder, signal = new AbortController().signal): KeepOptions & { readonly told: string[] } {
  folder.write("file", "");
  folder.write("other", "");
  const told: string[] = [];
  return {
    out: folder.at("file/out"),
    elsewhere: [folder.at("other/result-"), folder.at("last/result-")],
    signal,
    tell: (line) => told.push(line),
    tryAgainEveryMs: 1,
    told,
  };
}

test("files that their directory does not take go to the first other place that does, and it is said why", async () => {
  using folder = new Folder();
  const { told, ...where } = options(folder);
  const kept = await keepFiles(files, where);
  expect(kept.files).toEqual(ALL);
  expect(kept.directory).toContain(folder.at("last/result-"));
  expect(kept.refused).toBe(`${where.out}: not a directory (ENOTDIR)`);
  expect(folder.files()).toMatchObject({ [`last/${basename(kept.directory)}/lote_1.json`]: "records" });
  expect(told).toEqual([]);
});

test("a place elsewhere is a new one each time, so that what was kept before stays", async () => {
  using folder = new Folder();
  const { told, ...where } = options(folder);
  const [first, second] = [await keepFiles(files, where), await keepFiles(files, where)];
  expect(first.directory).not.toBe(second.directory);
  expect(Object.values(folder.files()).filter((body) => body === "records")).toHaveLength(2);
});

test("files that no place takes are not given up: it is said once, and they are written when there is room", async () => {
  using folder = new Folder();
  const { told, ...where } = options(folder);
  folder.write("last", "");
  let tries = 0;
  const kept = await keepFiles(
    () => {
      // Somebody makes room after it was tried three times.
      if (++tries === 4) {
        rmSync(folder.at("file"));
        mkdirSync(folder.at("file"));
      }
      return files();
    },
    { ...where, out: folder.at("file/out") },
  );
  expect(kept).toEqual({ directory: folder.at("file/out"), files: ALL });
  expect(told).toEqual([
    expect.stringMatching(/^! no place takes the files \(.*ENOTDIR.*\), and only this process has them: make room/),
  ]);
});

test("files that no place takes are lost when the waiting is given up, which is said", async () => {
  using folder = new Folder();
  const giveUp = new AbortController();
  const { told, ...where } = options(folder, giveUp.signal);
  folder.write("last", "");
  const kept = keepFiles(files, { ...where, tell: () => giveUp.abort(), tryAgainEveryMs: 60_000 });
  await expect(kept).rejects.toThrow(/^no place takes the files .*: they are lost$/);
});
