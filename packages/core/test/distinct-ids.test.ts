import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DistinctIds } from "../src/dataset/distinct-ids.ts";

function distinct(ids: Iterable<string>): DistinctIds {
  const found = new DistinctIds();
  for (const id of ids) found.add(id);
  return found;
}

// fast-check's own `binary` unit makes a table of all code points first, which takes longer than the test.
const codePoint = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));
const digits = fc.stringMatching(/^\d{1,11}$/);
const anyId = fc.oneof(
  digits,
  digits.map((text) => `tt${text}`),
  fc.string({ unit: codePoint, maxLength: 4 }),
);

describe("distinct ids", () => {
  test("are those of a set of texts, in the order first seen, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 60 }), (ids) => {
        const twice = [...ids, ...ids.toReversed()];
        expect([...distinct(twice)]).toEqual([...new Set(ids)]);
        expect(distinct(twice)).toHaveLength(new Set(ids).size);
      }),
      { numRuns: 300 },
    );
  });

  test("keep their zeros, their prefix and their length apart", () => {
    const ids = ["tt0111161", "0111161", "111161", "tt1111161", "1111161", "1", "01", "115", "15", "0", "00"];
    const longer = ["tt111111111", "tt999999999", "999999999", "tt0000000001", "9999999999", "tt111161", "-1", "tt"];
    expect([...distinct([...ids, ...longer, ...ids])]).toEqual([...ids, ...longer]);
  });

  test("are found again among many", () => {
    const ids = Array.from({ length: 5_000 }, (_, n) => `tt${String(n * 7).padStart(7, "0")}`);
    expect([...distinct([...ids, ...ids])]).toEqual(ids);
  });
});
