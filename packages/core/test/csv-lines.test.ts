import { describe, expect, test } from "vitest";
import { COLUMNS, csv, HEADER, row, select, selectedIds } from "./support/csv.ts";
import { seeded, shuffled } from "./support/random.ts";

const FIRST = row({ id: "tt0000001" });
const SECOND = row({ id: "tt0000002" });
const NONE = { count: 0, first_lines: [] };
const BOTH = { rows: 2, malformed: NONE, unreadable: NONE, ids: ["tt0000001", "tt0000002"] };

describe("a line", () => {
  test.each([
    ["LF", `${HEADER}\n${FIRST}\n${SECOND}\n`],
    ["CRLF", `${HEADER}\r\n${FIRST}\r\n${SECOND}\r\n`],
    ["CRLF in the header and LF after it", `${HEADER}\r\n${FIRST}\n${SECOND}\n`],
    ["LF in the header and CRLF after it", `${HEADER}\n${FIRST}\r\n${SECOND}\r\n`],
    ["LF, but for the last", `${HEADER}\n${FIRST}\n${SECOND}`],
    ["CRLF, but for the last", `${HEADER}\r\n${FIRST}\r\n${SECOND}`],
    ["CRLF, but for half of the last", `${HEADER}\r\n${FIRST}\r\n${SECOND}\r`],
    ["LF after a byte order mark", `\ufeff${HEADER}\n${FIRST}\n${SECOND}\n`],
    ["CRLF after a byte order mark", `\ufeff${HEADER}\r\n${FIRST}\r\n${SECOND}\r\n`],
  ])("may end with %s", async (_, file) => {
    expect(await select(file)).toEqual(BOTH);
  });

  test.each([
    ["between rows", `${HEADER}\n\n${FIRST}\n\n\n${SECOND}\n`],
    ["at the end", `${HEADER}\n${FIRST}\n${SECOND}\n\n\n`],
    ["of CRLF", `${HEADER}\r\n\r\n${FIRST}\r\n\r\n${SECOND}\r\n\r\n`],
  ])("that is empty is no row: %s", async (_, file) => {
    expect(await select(file)).toEqual(BOTH);
  });

  test("may have any text in it but the separator", async () => {
    const personagem = "L'Étranger; 电影, 🎬 \t\\N \u2028";
    expect(await select(csv(row({ id: "tt0000001", personagem }), SECOND))).toEqual(BOTH);
  });
});

describe("quotes and backslashes are text", () => {
  test.each([
    ["a stray quote", '"'],
    ["a quote at the beginning", '"Crocodile" Dundee'],
    ["a quote at the end", '2.22"'],
    ["a quoted text", '"Scarface"'],
    ["an apostrophe", "Ocean's"],
    ["two quotes", '""'],
    ["a backslash at the end", "Self\\"],
    ["a backslash before a quote", '\\"'],
  ])("%s does not swallow the rows after it", async (_, text) => {
    const rows = ["tt0000001", "tt0000002", "tt0000003"].map((id) =>
      row({ id, tituloPincipal: text, personagem: text, titulosMaisConhecidos: text }),
    );
    const selection = await select(csv(...rows));
    expect(selection).toEqual({
      rows: 3,
      malformed: NONE,
      unreadable: NONE,
      ids: ["tt0000001", "tt0000002", "tt0000003"],
    });
  });

  test("a quote does not hide the separator after it", async () => {
    const torn = row({ id: "tt0000009", tituloPincipal: '"one|two"' });
    expect(await select(csv(torn))).toMatchObject({ rows: 1, malformed: { count: 1, first_lines: [2] }, ids: [] });
  });
});

describe("a row of another number of columns", () => {
  test("is not selected, but counted, with its line", async () => {
    const short = FIRST.split("|").slice(0, -1).join("|");
    const file = csv(short, SECOND, `${FIRST}|more`, "tt0000001", "   ", "||||||||||||||||||||");
    expect(await select(file)).toMatchObject({
      rows: 6,
      malformed: { count: 5, first_lines: [2, 4, 5, 6, 7] },
      ids: ["tt0000002"],
    });
  });

  test("tells the line as an editor counts it, empty lines included", async () => {
    const file = `${HEADER}\n\nshort\n\n\n${FIRST}\nshort\n\r\n${SECOND}\r\n\nshort`;
    expect(await select(file)).toMatchObject({
      rows: 5,
      malformed: { count: 3, first_lines: [3, 7, 11] },
      ids: ["tt0000001", "tt0000002"],
    });
  });

  test("tells the first ten lines of many", async () => {
    const rows = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? FIRST : "short"));
    const { malformed } = await select(csv(...rows));
    expect(malformed).toEqual({ count: 12, first_lines: [3, 5, 7, 9, 11, 13, 15, 17, 19, 21] });
  });

  test("is not one whose last columns are there and empty", async () => {
    const file = csv(row({ profissao: "", titulosMaisConhecidos: "" }));
    expect(await select(file)).toMatchObject({ rows: 1, malformed: { count: 0 }, ids: ["tt0111161"] });
  });
});

describe("the columns", () => {
  test("are found by their names, in any order", async () => {
    const random = seeded(11);
    const cells = row({ id: "tt0000001" }).split("|");
    for (let round = 0; round < 20; round++) {
      const order = shuffled([...COLUMNS.keys()], random);
      const lines = [order.map((index) => COLUMNS[index]), order.map((index) => cells[index])];
      const file = lines.map((line) => `${line.join("|")}\n`).join("");
      expect(await selectedIds(file), file).toEqual(["tt0000001"]);
    }
  });

  test("that are needed may be the only ones, and have spaces around their names", async () => {
    const file = "numeroVotos |id| genero|anoLancamento\n20000|tt0000001|War|1994\n";
    expect(await selectedIds(file)).toEqual(["tt0000001"]);
  });

  test("may be more, called whatever they like, even alike", async () => {
    const more = ["__proto__", "constructor", "column 3", "_2", "0", "", "nome", "nome", "ID"];
    const header = [...more, "id", "anoLancamento", "genero", "numeroVotos", ""].join("|");
    const cells = [...more.map(() => "x"), "tt0000001", "1994", "War", "20000", ""].join("|");
    expect(await select(`${header}\n${cells}\n${cells}|\n`)).toMatchObject({
      rows: 2,
      malformed: { count: 1, first_lines: [3] },
      ids: ["tt0000001"],
    });
  });
});

describe("a header with no rows", () => {
  test.each([HEADER, `${HEADER}\n`, `${HEADER}\r\n`, `\ufeff${HEADER}`, `${HEADER}\n\n\n`])(
    "selects nothing, and that is no error",
    async (file) => {
      expect(await select(file)).toEqual({ rows: 0, malformed: NONE, unreadable: NONE, ids: [] });
    },
  );
});
