import { mkdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { LogFile } from "../src/log-file.ts";
import { Folder } from "./support/folder.ts";

test("a log is written line by line, anew or at the end of what is there", async () => {
  using folder = new Folder();
  const told: string[] = [];
  for (const [flags, lines] of [
    ["w", 1],
    ["a", 2],
    ["w", 1],
  ] as const) {
    const log = new LogFile(folder.at(".lotes/run.log"), flags, (line) => told.push(line));
    expect(log.path).toBe(folder.at(".lotes/run.log"));
    log.write({ message: "lote done" });
    log.end();
    await vi.waitFor(() => expect(folder.files()[".lotes/run.log"]).toBe('{"message":"lote done"}\n'.repeat(lines)));
  }
  expect(told).toEqual([]);
});

test.each([
  ["whose folder is a file", "ENOTDIR|EEXIST"],
  ["that is a directory", "EISDIR"],
])("a log %s is told of once, and missed by nobody", (_, code) => {
  using folder = new Folder();
  if (code === "EISDIR") mkdirSync(folder.at(".lotes/run.log"), { recursive: true });
  else folder.write(".lotes", "");
  const told: string[] = [];
  const log = new LogFile(folder.at(".lotes/run.log"), "w", (line) => told.push(line));
  log.write("one");
  log.write("two");
  log.end();
  expect(told).toEqual([
    expect.stringMatching(new RegExp(`run\\.log can't be written: .* \\((${code})\\)\\. The command goes on`)),
  ]);
  expect(log.path).toBeUndefined();
});

test.skipIf(process.platform !== "linux")(
  "a disk that fills up is told of once, and the log goes no further",
  async () => {
    const tell = vi.fn();
    const log = new LogFile("/dev/full", "a", tell);
    for (let line = 0; line < 3; line++) log.write(line);
    await vi.waitFor(() => expect(tell).toHaveBeenCalled());
    log.write("after it was told");
    log.end();
    expect(tell).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("no space left on device (ENOSPC)"));
  },
);
