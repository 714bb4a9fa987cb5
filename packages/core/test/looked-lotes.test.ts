import { expect, test } from "vitest";
import { loteKey } from "../src/dataset/keys.ts";
import { LookedLotes } from "../src/files/looked-lotes.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const HEAD = { etag: "1", bytes: 10, metadata: { run: "9f2c", ids: "tt0000001", work: "1,2", times: "3,4" } };

function listed(lote = 1, { etag = "1", secondsAgo = 60 } = {}) {
  return { key: loteKey("2026/11/23", lote), etag, modifiedAt: new Date(NOW.getTime() - secondsAgo * 1_000) };
}

test("a lote is remembered by what is needed of its metadata", () => {
  const looked = new LookedLotes();
  looked.add(listed(), HEAD, NOW);
  expect(looked.find(listed())).toEqual({ ...HEAD, metadata: { run: "9f2c", ids: "tt0000001", work: "1,2" } });
});

test("a lote whose metadata do not tell its ids is remembered without them", () => {
  const looked = new LookedLotes();
  looked.add(listed(), { ...HEAD, metadata: {} }, NOW);
  expect(looked.find(listed())).toEqual({ ...HEAD, metadata: {} });
});

test("a lote that nobody has looked at is not known", () => {
  expect(new LookedLotes().find(listed())).toBeUndefined();
});

test("other bytes are not known, and neither are the same bytes of another second", () => {
  const looked = new LookedLotes();
  looked.add(listed(), HEAD, NOW);
  expect(looked.find(listed(1, { etag: "2" }))).toBeUndefined();
  expect(looked.find(listed(1, { secondsAgo: 59 }))).toBeUndefined();
});

test("a look is not remembered of a lote that may be written once more in the same second", () => {
  const looked = new LookedLotes();
  looked.add(listed(), HEAD, NOW);
  looked.add(listed(1, { secondsAgo: 4 }), HEAD, NOW);
  expect(looked.find(listed(1, { secondsAgo: 4 }))).toBeUndefined();
  expect(looked.find(listed())).toBeUndefined();
});

test("the oldest looks are forgotten when there are too many", () => {
  const looked = new LookedLotes(2);
  for (const lote of [1, 2, 3]) looked.add(listed(lote), HEAD, NOW);
  expect([1, 2, 3].map((lote) => looked.find(listed(lote)) !== undefined)).toEqual([false, true, true]);
});
