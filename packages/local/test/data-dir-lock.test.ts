import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir } from "../src/data-dir-lock.ts";
import { DataDirError, DataDirInUseError, LocalStack } from "../src/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lotes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a data directory is worked on by one stack at a time, and is free again when that has stopped", async () => {
  const dataDir = join(folder, "data");
  const start = () => LocalStack.start({ settings: { TMDB_TOKEN: "token" }, dataDir });
  const first = await start();
  await expect(start()).rejects.toThrow(DataDirInUseError);
  // It was not in the first one's way.
  expect((await fetch(first.services.emulator.url)).status).toBeLessThan(500);
  await first.stop();
  const next = await start();
  await next.stop();
});

test("a directory that can't be made, or whose state can't be read, is told of in one line", async () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => lockDataDir(join(folder, "file", "data"))).toThrow(DataDirError);
  writeFileSync(join(folder, "fauxqs.db"), "not a database, but longer than the header of one. ".repeat(10));
  const start = LocalStack.start({ settings: { TMDB_TOKEN: "token" }, dataDir: folder });
  await expect(start).rejects.toThrow(DataDirError);
  await expect(start).rejects.toThrow(/^\S+ can't be used: file is not a database$/);
  // It has let go of it.
  lockDataDir(folder)();
});
