import { describe, expect, test } from "vitest";
import { unselectedRows } from "../src/dataset/unselected-rows.ts";
import { type Cells, csv, FILTER, row, selectedIds } from "./support/csv.ts";

const ID = "tt0111161";

/** Whether a movie with the cells is selected. */
async function isSelected(cells: Cells, filter = FILTER): Promise<boolean> {
  const ids = await selectedIds(csv(row({ id: ID, ...cells })), filter);
  return ids.length === 1 && ids[0] === ID;
}

describe("a movie is selected by its year", () => {
  test.each(["1961", "1994", "2026", " 1994 "])("%j is later than 1960", async (anoLancamento) => {
    expect(await isSelected({ anoLancamento })).toBe(true);
  });

  test.each(["1960", "1959", "0", "-1994"])("%j is not", async (anoLancamento) => {
    expect(await isSelected({ anoLancamento })).toBe(false);
  });

  test.each(["\\N", "", " ", "unknown", "1994-09-23", "1994?", "NaN", "Infinity", "1e999"])(
    "%j is no year, and does not pass",
    async (anoLancamento) => {
      expect(await isSelected({ anoLancamento })).toBe(false);
    },
  );

  test("an unknown one does not pass for year 0 either", async () => {
    const filter = { ...FILTER, minYear: -1 };
    expect(await isSelected({ anoLancamento: "0" }, filter)).toBe(true);
    expect(await isSelected({ anoLancamento: "" }, filter)).toBe(false);
    expect(await isSelected({ anoLancamento: "\\N" }, filter)).toBe(false);
  });
});

describe("a movie is selected by its votes", () => {
  test.each(["10001", "2000000"])("%j are more than 10000", async (numeroVotos) => {
    expect(await isSelected({ numeroVotos })).toBe(true);
  });

  test.each(["10000", "9999", "0", "-20000"])("%j are not", async (numeroVotos) => {
    expect(await isSelected({ numeroVotos })).toBe(false);
  });

  test.each(["\\N", "", "many", "20,000", "20.000", "20 000", "Infinity"])(
    "%j is no number above it, and does not pass",
    async (numeroVotos) => {
      expect(await isSelected({ numeroVotos })).toBe(false);
    },
  );
});

describe("a movie is selected by its genres", () => {
  test.each([
    "Crime",
    "War",
    "crime",
    "WAR",
    "cRiMe",
    "Drama,War",
    "Crime,Drama",
    "Action,Crime,Drama",
    "Warfare",
    "Postwar",
  ])("%j contains crime or war", async (genero) => {
    expect(await isSelected({ genero })).toBe(true);
  });

  test.each(["Drama", "Wa,r", "Crim e", "\\N", ""])("%j does not", async (genero) => {
    expect(await isSelected({ genero })).toBe(false);
  });
});

describe("the filter", () => {
  test("wants all three at once", async () => {
    const old = row({ id: "tt0000001", anoLancamento: "1950" });
    const obscure = row({ id: "tt0000002", numeroVotos: "12" });
    const funny = row({ id: "tt0000003", genero: "Comedy" });
    expect(await selectedIds(csv(old, obscure, funny, row({ id: "tt0000004" })))).toEqual(["tt0000004"]);
  });

  test("can be another one", async () => {
    const filter = { minYear: 2000, minVotes: 5, genres: ["sci-fi"] };
    expect(await isSelected({ anoLancamento: "2001", numeroVotos: "6", genero: "Drama,Sci-Fi" }, filter)).toBe(true);
    expect(await isSelected({ anoLancamento: "2000", numeroVotos: "6", genero: "Sci-Fi" }, filter)).toBe(false);
    expect(await isSelected({ anoLancamento: "2001", numeroVotos: "5", genero: "Sci-Fi" }, filter)).toBe(false);
    expect(await isSelected({ anoLancamento: "2001", numeroVotos: "6", genero: "Crime" }, filter)).toBe(false);
  });

  test("does not look at the other columns", async () => {
    const others = { titulosMaisConhecidos: "crime", personagem: "War", anoNascimento: "1850", notaMedia: "\\N" };
    expect(await isSelected({ ...others })).toBe(true);
    expect(await isSelected({ ...others, genero: "Drama" })).toBe(false);
  });
});

describe("the ids", () => {
  test("are distinct, in the order first seen", async () => {
    const seen = ["tt0000300", "tt0000100", "tt0000300", "tt0000200", "tt0000100", "278", "tt0000300"];
    const ids = await selectedIds(csv(...seen.map((id) => row({ id }))));
    expect(ids).toEqual(["tt0000300", "tt0000100", "tt0000200", "278"]);
  });

  test("are selected by any of their rows", async () => {
    const rows = [row({ id: "tt0000100", genero: "Drama" }), row({ id: "tt0000200" }), row({ id: "tt0000100" })];
    expect(await selectedIds(csv(...rows))).toEqual(["tt0000200", "tt0000100"]);
  });

  test("that are none are kept, to be reported later", async () => {
    const ids = ["\\N", "", "../authentication", "nm0000151"];
    expect(await selectedIds(csv(...ids.map((id) => row({ id }))))).toEqual(ids);
  });

  test("that are too long are clipped, so that a hundred of them fit into a message, and are still told apart", async () => {
    const longest = "a".repeat(64);
    const tooLong = [`${longest}b`, `${longest}c`.repeat(1000), `${"🎬".repeat(40)}`, `a${"🎬".repeat(40)}`];
    const ids = [longest, ...tooLong, ...tooLong];
    const selected = await selectedIds(csv(...ids.map((id) => row({ id }))));
    expect(selected).toHaveLength(5);
    expect(selected[0]).toBe(longest);
    for (const [index, id] of selected.entries()) {
      expect(id.length).toBeLessThanOrEqual(64);
      expect(id.isWellFormed()).toBe(true);
      expect(id.slice(0, 40)).toBe(ids[index]?.slice(0, 40));
    }
  });

  test("may have spaces around them, as numbers and the header may", async () => {
    const ids = [" tt0000100", "tt0000200 ", "\ttt0000100\t", "\u00a0278\u2003", "tt00 00300"];
    expect(await selectedIds(csv(...ids.map((id) => row({ id }))))).toEqual([
      "tt0000100",
      "tt0000200",
      "278",
      "tt00 00300",
    ]);
  });
});

test("rows that have an id and do not select it are told with their lines and what each lacks, however the file is cut", async () => {
  const text = csv(
    row({ id: ID }),
    row({ id: ID, anoLancamento: "1950", genero: "Comedy" }),
    row({ id: "tt7777777", tituloPincipal: ID, anoLancamento: "1950" }),
    row({ id: ` ${ID} `, anoLancamento: "1994?", numeroVotos: "\\N" }),
    `${row({ id: ID })}|one more`,
    row({ id: ID, numeroVotos: "10000" }),
  ).replaceAll("\n", "\r\n");
  const told = [
    { line: 3, why: 'anoLancamento 1950 is not above 1960; genero "Comedy" contains none of crime, war' },
    { line: 5, why: 'anoLancamento "1994?" is no number; numeroVotos is unknown' },
    { line: 6, why: "it has 16 instead of 15 columns" },
    { line: 7, why: "numeroVotos 10000 is not above 10000" },
  ];
  for (const size of [7, 1_000, text.length]) {
    const cut = async function* () {
      for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
    };
    expect(await unselectedRows(cut(), ID, FILTER)).toEqual(told);
  }
});
