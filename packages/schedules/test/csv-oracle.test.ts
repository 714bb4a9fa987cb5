import { describe, expect, test } from "vitest";
import { factsAmong, factsOf } from "../src/csv-oracle.ts";

const HEADER = "id|anoLancamento|genero|numeroVotos";
const factsOfRows = (rows: readonly string[], forced = false) =>
  factsOf({ csv: [HEADER, ...rows, ""].join("\n"), forced });
const idsOf = (...rows: string[]) => factsOfRows(rows, true)?.ids;

describe("a CSV, as the oracle knows it,", () => {
  test("selects by its columns, each id once", () => {
    const rows = [
      "1|1960|Crime|20000",
      "2|1961|Drama|20000",
      "3|1961|War|10000",
      "4|1961|WAR|10001",
      "4|1961|War|10001",
    ];
    expect(factsOfRows(rows)).toEqual({ rows: 5, malformed: 0, unreadable: 0, ids: ["4"] });
  });

  test("has ids of any text, without the space around them, the longest cut", () => {
    const row = (id: string) => `${id}|1994|Crime|20000`;
    expect(idsOf(row(" tt1 "), row("\uFFFE"), row("😀"), row("\uD800"))).toEqual([
      "tt1",
      "\uFFFE",
      "😀",
      "\uFFFD\uFFFD\uFFFD",
    ]);
    expect(idsOf(row("x".repeat(65)))?.[0]).toMatch(/^x{44}…[0-9a-f]{16}$/);
  });

  test("can't be used without a required column, forced or not", () => {
    expect(factsOf({ csv: "id|genero\n1|Crime\n", forced: true })).toBeUndefined();
  });

  test.each([
    ["nothing is selected", ["1|1950|Crime|20000"]],
    ["every row has a separator too many", ["1|1994|Crime|20000|", "2|1994|Crime|20000|"]],
    ["rows end in CR alone", ["1|1994|Crime|20000\r2|1994|Crime|20000\r"]],
    ["its numbers can't be read", ["1|1994|Crime|12,345", "2|1994|Crime|10k", "3|1994|Crime|20000"]],
  ])("can't be used when %s, unless it is forced", (_, rows) => {
    expect(factsOfRows(rows)).toBeUndefined();
    expect(factsOfRows(rows, true)).toBeDefined();
  });

  test("can be used when the same bytes were uploaded by force for its date too", () => {
    const spoilt = { csv: `${HEADER}\n1|1950|Crime|20000\n`, forced: false };
    expect(factsAmong(spoilt, [spoilt, { ...spoilt, csv: HEADER, forced: true }])).toBeUndefined();
    expect(factsAmong(spoilt, [spoilt, { ...spoilt, forced: true }])).toMatchObject({ rows: 1, ids: [] });
  });

  test("can be used when one row in a hundred is bad, and not when it is one in ninety-nine", () => {
    const good = Array.from({ length: 99 }, (_, nth) => `tt${nth}|1994|Crime|20000`);
    expect(factsOfRows(["bad", ...good])).toMatchObject({ rows: 100, malformed: 1 });
    expect(factsOfRows(["bad", ...good.slice(1)])).toBeUndefined();
  });
});
