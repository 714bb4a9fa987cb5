import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { csvBytes } from "../src/csv-file.ts";
import { Folder } from "./support/folder.ts";

test("a CSV that is no file is told with what it is", async () => {
  using folder = new Folder();
  execFileSync("mkfifo", [folder.at("pipe")]);
  await expect(csvBytes(folder.at("pipe"))).rejects.toThrow("is a pipe, and the CSV is read more than once");
  await expect(csvBytes(folder.path)).rejects.toThrow(`${folder.path} is not a file; give`);
  await expect(csvBytes("s3://data-lake/movies.csv")).rejects.toThrow("is an address: download the file first");
  await expect(csvBytes("")).rejects.toThrow("the path is empty");
  await expect(csvBytes(folder.at("none.csv"))).rejects.toThrow("none.csv: no such file");
});
