import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { UsageError, UserError } from "../src/user-error.ts";
import { writeReport } from "../src/write-report.ts";
import { Folder } from "./support/folder.ts";

test("a report takes the place of a file, also by way of a link, and leaves nothing else behind", async () => {
  using folder = new Folder();
  folder.write("monday.html", "old");
  folder.write("monday.html.new", "mine");
  symlinkSync("monday.html", folder.at("link.html"));
  expect(await writeReport(folder.at("link.html"), "né")).toBe(3);
  expect(await writeReport(folder.at("deep/er.html"), "new")).toBe(3);
  expect(folder.files()).toMatchObject({ "monday.html": "né", "monday.html.new": "mine", "deep/er.html": "new" });
  expect(Object.keys(folder.files()).filter((name) => name.startsWith(".lotes-"))).toEqual([]);
});

test("a report takes the place of nothing that is no file", async () => {
  using folder = new Folder();
  folder.write("folder/file", "");
  symlinkSync("nowhere", folder.at("lost"));
  // It stands for a device, which only the administrator can make, and lose.
  const socket = createServer().listen(folder.at("device"));
  await once(socket, "listening");
  const before = folder.files();
  for (const [name, words] of [
    ["folder", "is not a file"],
    ["device", "is not a file"],
    ["lost", "is a link that leads nowhere"],
  ] as const) {
    const written = writeReport(folder.at(name), "new");
    await expect(written).rejects.toThrow(UsageError);
    await expect(written).rejects.toThrow(`${folder.at(name)} ${words}`);
  }
  expect(folder.files()).toEqual(before);
  socket.close();
});

test("a report that can't be written is told in one line", async () => {
  using folder = new Folder();
  folder.write("file", "");
  const written = writeReport(folder.at("file/report.html"), "new");
  await expect(written).rejects.toThrow(UserError);
  await expect(written).rejects.toThrow(/^[^\n]* can't be written: [^\n]* \(ENOTDIR\); give another --out$/);
});
