import { execFile } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleCsv } from "../../src/index.ts";

const MIB = 1024 * 1024;
// A sample of so many rows, so many times: making as many different ones takes longer than selecting from them.
const SAMPLE_ROWS = 40_000;
const COPIES = 26;
const directory = mkdtempSync(join(tmpdir(), "lotes-memory-"));
const csv = join(directory, "movies.csv");

beforeAll(async () => {
  const [header = "", ...rows] = sampleCsv({ rows: SAMPLE_ROWS, seed: 1 });
  const body = Buffer.from(rows.join(""));
  await pipeline(Readable.from([header, ...Array<Buffer>(COPIES).fill(body)]), createWriteStream(csv));
});
afterAll(() => rmSync(directory, { recursive: true }));

test("selecting from a CSV of 170 MB adds less than 100 MiB to the process, and an id takes less than half of its text in a set", async () => {
  expect(statSync(csv).size).toBeGreaterThan(160 * MIB);
  // A process of its own: what the tests hold in memory must not count, nor be what the garbage of others is measured against.
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    fileURLToPath(new URL("measure.ts", import.meta.url)),
    csv,
  ]);
  const { rows, ids, addedMiB, selected, bytesOfId } = JSON.parse(stdout);
  expect({ rows, ids }).toEqual({ rows: SAMPLE_ROWS * COPIES, ids: 330 });
  expect(addedMiB).toBeGreaterThan(0);
  expect(addedMiB).toBeLessThan(100);
  expect(selected).toBe(50_000);
  // 60 bytes as a text.
  expect(bytesOfId).toBeLessThan(30);
});
