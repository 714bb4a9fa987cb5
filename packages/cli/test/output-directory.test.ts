import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DirectoryError, OutputDirectory, type OutputFile } from "../src/output-directory.ts";
import { UsageError, UserError } from "../src/user-error.ts";
import { Folder } from "./support/folder.ts";

async function* files(...names: string[]): AsyncGenerator<OutputFile> {
  for (const name of names) yield { name, body: "new" };
}

describe("a look before the run", () => {
  test.each([
    ["is a file", "file", "/file is a file, and --out"],
    ["lies under a file", "file/deep/er", "/file is a file, and --out"],
    ["is one of the files of an earlier result", "out/lote_1.json", "/lote_1.json is a file, and --out"],
    ["is a link that leads nowhere", "link", "/link is a link that leads nowhere"],
    ["holds a directory named lote_12.json", "lotes", "lote_12.json is a directory"],
    ["holds a directory named _run.json", "run", "_run.json is a directory"],
    ["holds a directory named erros_geral.json", "errors", "erros_geral.json is a directory"],
  ])("refuses an --out that %s, as a wrong usage", async (_, out, words) => {
    using folder = new Folder();
    folder.write("file", "");
    folder.write("out/lote_1.json", "");
    symlinkSync("nowhere", folder.at("link"));
    for (const path of ["lotes/lote_12.json", "run/_run.json", "errors/erros_geral.json"]) {
      mkdirSync(folder.at(path), { recursive: true });
    }
    const before = folder.files();
    const check = new OutputDirectory(folder.at(out)).check();
    await expect(check).rejects.toThrow(UsageError);
    await expect(check).rejects.toThrow(words);
    expect(folder.files()).toEqual(before);
  });

  test("refuses an empty --out", async () => {
    await expect(new OutputDirectory("").check()).rejects.toThrow("--out is empty");
  });

  // Not even root may make a directory there.
  test.skipIf(process.platform !== "linux")("refuses an --out that can't be written to, with the reason", async () => {
    const check = new OutputDirectory("/proc/lotes/out").check();
    await expect(check).rejects.toThrow(UserError);
    await expect(check).rejects.toThrow(/^nothing can be written to \/proc\/lotes\/out: .* \(E[A-Z]+\); give another/);
  });

  test.each(["out", "out/deep/er", "full"])("leaves everything as it was where all is well: %s", async (out) => {
    using folder = new Folder();
    folder.write("full/lote_1.json", "earlier");
    folder.write("full/notes.txt", "mine");
    const before = folder.files();
    await new OutputDirectory(folder.at(out)).check();
    expect(folder.files()).toEqual(before);
  });
});

describe("the files of a run", () => {
  test("take the place of those of an earlier run, and of nothing else", async () => {
    using folder = new Folder();
    for (const name of ["lote_1.json", "lote_7.json", "erros_geral.json", "notes.txt"]) folder.write(name, "old");
    expect(await new OutputDirectory(folder.path).replaceWith(files("_run.json", "lote_1.json"))).toEqual([
      "_run.json",
      "lote_1.json",
    ]);
    expect(folder.files()).toEqual({ "_run.json": "new", "lote_1.json": "new", "notes.txt": "old" });
  });

  const EARLIER = { "_run.json": "old", "lote_1.json": "old", "lote_2.json": "old" };

  test("leave an earlier result whole when one of them can't be written", async () => {
    using folder = new Folder();
    for (const [name, body] of Object.entries(EARLIER)) folder.write(name, body);
    async function* sabotaged() {
      yield* files("_run.json", "lote_1.json");
      // As when the disk is full: what is written beside the earlier files is lost.
      for (const name of Object.keys(folder.files()))
        if (name.startsWith(".lotes-")) rmSync(folder.at(name), { recursive: true, force: true });
      yield* files("lote_2.json");
    }
    const replaced = new OutputDirectory(folder.path).replaceWith(sabotaged());
    await expect(replaced).rejects.toThrow(DirectoryError);
    await expect(replaced).rejects.toThrow(`${folder.path}: no such file or directory (ENOENT)`);
    expect(folder.files()).toEqual(EARLIER);
  });

  test("leave an earlier result whole when one of them can't take its place", async () => {
    using folder = new Folder();
    for (const [name, body] of Object.entries(EARLIER)) folder.write(name, body);
    // Made during the run: the look before it has not seen it.
    folder.write("lote_3.json/precious", "mine");
    const before = folder.files();
    const replaced = new OutputDirectory(folder.path).replaceWith(files("_run.json", "lote_1.json", "lote_3.json"));
    await expect(replaced).rejects.toThrow(DirectoryError);
    expect(folder.files()).toEqual(before);
  });

  test("leave an earlier result whole when they can't be read to their end", async () => {
    using folder = new Folder();
    for (const [name, body] of Object.entries(EARLIER)) folder.write(name, body);
    async function* cut() {
      yield* files("_run.json", "lote_1.json");
      throw new Error("S3 has no answer");
    }
    await expect(new OutputDirectory(folder.path).replaceWith(cut())).rejects.toThrow("S3 has no answer");
    expect(folder.files()).toEqual(EARLIER);
  });
});
