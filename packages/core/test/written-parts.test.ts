import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ledgerKey, ledgerPartKey } from "../src/dataset/keys.ts";
import { WrittenParts } from "../src/files/written-parts.ts";

const DATE = "2026/11/23";
const modifiedAt = new Date(0);
const metadata = { run: "9f2c" };

function done(body: string, etag: string | undefined = "1") {
  return { next: { body, contentType: "", metadata }, etag };
}

test.for(["", "{}\n", `${"não está 🎬 ".repeat(20_000)}\n`])("a part is as it was written (%#)", (body) => {
  const written = new WrittenParts();
  const listed = { key: ledgerPartKey(DATE, 1), etag: "1", modifiedAt };
  written.add(listed.key, done(body));
  expect(written.find(listed)).toMatchObject({ ...listed, body, metadata });
  expect(written.find(listed)?.body).toBe(body);
});

test("a look that changes nothing forgets nothing", () => {
  const written = new WrittenParts();
  const listed = { key: ledgerPartKey(DATE, 1), etag: "1", modifiedAt };
  written.add(listed.key, done("{}\n"));
  written.add(listed.key, { next: undefined });
  expect(written.find(listed)).toBeDefined();
});

test("a part that another has the place of, by its ETag, is not known", () => {
  const written = new WrittenParts();
  const key = ledgerPartKey(DATE, 1);
  written.add(key, done("{}\n"));
  expect(written.find({ key, etag: "2", modifiedAt })).toBeUndefined();
  written.add(key, { next: "remove" });
  expect(written.find({ key, etag: "1", modifiedAt })).toBeUndefined();
});

test("what belongs to no lote, and what is no part, is always read", () => {
  const written = new WrittenParts();
  for (const key of [ledgerPartKey(DATE, 0), ledgerKey(DATE)]) {
    written.add(key, done("{}\n"));
    expect(written.find({ key, etag: "1", modifiedAt })).toBeUndefined();
  }
});

test("the oldest parts are forgotten when there is no room for them", () => {
  const written = new WrittenParts(2_500);
  const keys = [1, 2, 3].map((part) => ledgerPartKey(DATE, part));
  // Hardly to be packed: some 1,000 bytes each.
  for (const key of keys) written.add(key, done(randomBytes(1_000).toString("base64")));
  expect(keys.map((key) => written.find({ key, etag: "1", modifiedAt }) !== undefined)).toEqual([false, true, true]);
});
