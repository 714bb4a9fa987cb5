import { describe, expect, test } from "vitest";
import { isMovieId } from "../src/dataset/movies.ts";
import { cutIntoLotes } from "../src/stages/cut-into-lotes.ts";
import { movieIds } from "./support/movies.ts";

describe("cutting into lotes", () => {
  test("numbers them from 1 and leaves the rest to the last", () => {
    const ids = movieIds(250);
    expect([...cutIntoLotes(ids, 100)]).toEqual([
      { lote: 1, ids: ids.slice(0, 100) },
      { lote: 2, ids: ids.slice(100, 200) },
      { lote: 3, ids: ids.slice(200, 250) },
    ]);
  });

  test.each([
    [1, 1],
    [99, 1],
    [100, 1],
    [101, 2],
    [199, 2],
    [200, 2],
    [201, 3],
  ])("makes of %i ids %i lotes of a hundred", (count, lotes) => {
    expect([...cutIntoLotes(movieIds(count), 100)]).toHaveLength(lotes);
  });

  test("gives every id to one lote, in the order of the ids, whatever the size", () => {
    for (const size of [1, 2, 7, 100, 1000]) {
      for (const count of [1, 6, 7, 8, 123]) {
        const lotes = [...cutIntoLotes(movieIds(count), size)];
        expect(lotes.flatMap(({ ids }) => ids)).toEqual(movieIds(count));
        expect(lotes.slice(0, -1).every(({ ids }) => ids.length === size)).toBe(true);
        expect(lotes.at(-1)?.ids.length).toBeGreaterThan(0);
      }
    }
  });

  test("makes no lote of no ids", () => {
    expect([...cutIntoLotes([], 100)]).toEqual([]);
  });
});

describe("an id that TMDB can be asked for", () => {
  test.each(["tt0111161", "tt12345678", "tt0000000001", "278", "1", "0"])("is %s", (id) => {
    expect(isMovieId(id)).toBe(true);
  });

  test.each([
    "",
    "\\N",
    "tt",
    "tt123456",
    "TT0111161",
    "nm0000151",
    "tt0111161 ",
    " tt0111161",
    "tt0111161\n",
    "tt0111161/credits",
    "../authentication",
    "278?append_to_response=credits",
    "tt0111161#",
    "-278",
    "27.8",
    "2e2",
    "٢٧٨",
    "tt０１１１１６１",
  ])("is not %j", (id) => {
    expect(isMovieId(id)).toBe(false);
  });
});
