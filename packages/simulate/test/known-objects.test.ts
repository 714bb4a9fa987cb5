import { expect, test } from "vitest";
import type { StoredObject } from "../src/bucket.ts";
import { KnownObjects } from "../src/known-objects.ts";

const object = (etag: string) => ({ etag }) as StoredObject;

test("a change holds by chance when the same bytes were written again long after the look at them", () => {
  const known = new KnownObjects();
  const seen = object("1");
  known.know("lote", seen, 0);
  const changes = [
    known.holdsByChance("lote", object("1"), 2_001),
    // Soon after the look; the very object; other bytes, which S3 refuses itself; nothing there; never looked at.
    known.holdsByChance("lote", object("1"), 2_000),
    known.holdsByChance("lote", seen, 9_000),
    known.holdsByChance("lote", object("2"), 9_000),
    known.holdsByChance("lote", undefined, 9_000),
    known.holdsByChance("other", object("1"), 9_000),
  ];
  expect(changes).toEqual([true, false, false, false, false, false]);
});
