import { describe, expect, test } from "vitest";
import type { MovieRecord } from "../src/dataset/movie-record.ts";
import { type LoteFile, loteObject, mergeLote, parseLoteFile } from "../src/files/lote-file.ts";
import { stored } from "./support/memory-store.ts";
import { longIds, loteFile, movieIds, movieRecord } from "./support/movies.ts";
import { seeded, shuffled } from "./support/random.ts";

/** What stands in the bucket once each part was merged into it, as the consumer does: the parts go through the file. */
function written(...parts: readonly LoteFile[]): LoteFile {
  let file: LoteFile | undefined;
  for (const part of parts) {
    const before = file && parseLoteFile(stored(loteObject(file)), part.ids);
    file = mergeLote(before, part);
  }
  if (file === undefined) throw new Error("no parts");
  return file;
}

function bodyOf(...parts: readonly LoteFile[]): string {
  return loteObject(written(...parts)).body;
}

function recordsOf(body: string): MovieRecord[] {
  return body
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function without(ids: readonly string[], missing: readonly string[]): string[] {
  return ids.filter((id) => !missing.includes(id));
}

/** A hundred ids in no order at all, IMDb's and TMDB's. */
const UNSORTED = shuffled(
  [...movieIds(80), ...Array.from({ length: 20 }, (_, index) => String(500 + index))],
  seeded(3),
);
const THREE = [UNSORTED[90] ?? "", UNSORTED[5] ?? "", UNSORTED[41] ?? ""];
const WHOLE = bodyOf(loteFile(UNSORTED));

describe("a replay of three", () => {
  test("keeps the other ninety-seven", () => {
    const first = loteFile(UNSORTED, without(UNSORTED, THREE));
    expect(bodyOf(first, loteFile(THREE))).toBe(WHOLE);
  });

  test("puts each record in its place, whichever came first", () => {
    const first = loteFile(UNSORTED, without(UNSORTED, THREE));
    const ones = THREE.map((id) => loteFile([id]));
    for (const order of [ones, ones.toReversed()]) expect(bodyOf(first, ...order)).toBe(WHOLE);
  });

  test("that got none keeps what is there", () => {
    const first = loteFile(UNSORTED, without(UNSORTED, THREE));
    expect(bodyOf(first, loteFile(THREE, []))).toBe(bodyOf(first));
  });

  test("that came before its lote's redelivery ends up in the lote's order as well", () => {
    expect(bodyOf(loteFile(THREE), loteFile(UNSORTED, without(UNSORTED, THREE)))).toBe(WHOLE);
  });

  test("and another one before the whole lote end up in its order", () => {
    expect(bodyOf(loteFile(THREE), loteFile(UNSORTED.slice(20, 30)), loteFile(UNSORTED))).toBe(WHOLE);
  });

  test("of a sorted lote that nobody stored whole is in the lote's order", () => {
    const ids = movieIds(10);
    expect(bodyOf(loteFile(ids.slice(7)), loteFile(ids.slice(2, 5)), loteFile(ids.slice(0, 2)))).toBe(
      bodyOf(loteFile(without(ids, ids.slice(5, 7)))),
    );
  });

  test("of a lote with ids that are none finds its place all the same", () => {
    const ids = ["../x", ...UNSORTED, "nm1"];
    const first = loteFile(ids, without(UNSORTED, THREE));
    expect(bodyOf(first, loteFile(THREE))).toBe(WHOLE);
  });
});

describe("merging", () => {
  test("the same again changes nothing", () => {
    const lote = loteFile(UNSORTED, without(UNSORTED, THREE));
    expect(loteObject(written(lote, lote, lote))).toEqual(loteObject(lote));
  });

  test("any parts, in any order and repeated, gives the same file, once the whole lote was one of them", () => {
    const random = seeded(17);
    for (let round = 0; round < 50; round++) {
      const parts = Array.from({ length: 5 }, () => loteFile(shuffled(UNSORTED, random).slice(0, 10)));
      const delivered = shuffled([loteFile(UNSORTED), loteFile(UNSORTED), ...parts, ...parts], random);
      expect(bodyOf(...delivered)).toBe(WHOLE);
    }
  });

  test("lets the new record win", () => {
    const before = loteFile(UNSORTED, UNSORTED, { facts: { title: "before" } });
    const merged = written(before, loteFile(THREE, THREE, { facts: { title: "after" } }));
    const titled = (title: string) => UNSORTED.filter((id) => merged.records.get(id)?.title === title);
    expect(titled("after").sort()).toEqual([...THREE].sort());
    expect(titled("before").sort()).toEqual(without(UNSORTED, THREE).sort());
  });

  test("takes nothing over from the file of another run", () => {
    const other = loteFile(UNSORTED, UNSORTED, { run: "run-0" });
    expect(written(other, loteFile(THREE))).toEqual(loteFile(THREE));
  });

  test("with nothing there is what was fetched", () => {
    expect(mergeLote(undefined, loteFile(THREE))).toEqual(loteFile(THREE));
  });
});

describe("two ids of the same movie", () => {
  const record = movieRecord("tt0111161", { id: 278 });
  const part = (ids: readonly string[], fetched: readonly string[]): LoteFile => ({
    run: "run-1",
    ids,
    records: new Map(fetched.map((id) => [id, id === "278" || id === "tt0111161" ? record : movieRecord(id)])),
  });

  test("keep a record each", () => {
    const ids = ["278", "tt0068646", "tt0111161"];
    expect(recordsOf(bodyOf(part(ids, ids))).map(({ id }) => id)).toEqual([278, 68646, 278]);
  });

  test.each([
    ["tt0111161", "278"],
    ["278", "tt0111161"],
  ])("keep a record each when %s came first and %s with a replay", (first, second) => {
    const ids = ["278", "tt0068646", "tt0111161"];
    const merged = written(part(ids, [first, "tt0068646"]), part([second], [second]), part([second], [second]));
    expect([...merged.records.keys()].sort()).toEqual(ids.toSorted());
    expect(recordsOf(loteObject(merged).body).map(({ id }) => id)).toEqual([278, 68646, 278]);
  });
});

describe("in a lote whose list of ids is too long to stand beside it", () => {
  const ids = longIds(150);
  const few = [ids[3] ?? "", ids[70] ?? "", ids[149] ?? ""];

  test("a replay of three keeps the others, and every record is in its place", () => {
    expect(bodyOf(loteFile(ids, without(ids, few)), loteFile(few))).toBe(bodyOf(loteFile(ids)));
  });

  test("the same again changes nothing", () => {
    expect(bodyOf(loteFile(ids), loteFile(ids))).toBe(bodyOf(loteFile(ids)));
  });

  test("a record asked for by its TMDB id is replaced, not doubled", () => {
    const mixed = [...ids, "278"];
    const records = new Map([...loteFile(ids).records, ["278", movieRecord("tt0111161", { id: 278 })] as const]);
    const first = { run: "run-1", ids: mixed, records };
    const again = {
      run: "run-1",
      ids: ["278"],
      records: new Map([["278", movieRecord("tt0111161", { id: 278, runtime: 1 })]]),
    };
    const shawshank = recordsOf(bodyOf(first, again)).filter(({ id }) => id === 278);
    expect(shawshank.map(({ runtime }) => runtime)).toEqual([1]);
  });
});
