import { describe, expect, test } from "vitest";
import { csv, row, select } from "./support/csv.ts";

const NONE = { count: 0, first_lines: [] };

describe("a year or a vote count that is neither a number nor unknown", () => {
  const odd = [
    "20.000.000",
    "20.000",
    "1.994",
    "20,000",
    "20 000",
    "20_000",
    "20'000",
    "10000-20000",
    "20k",
    "~20000",
    "20000 votos",
    "many",
  ];
  const more = [
    "NaN",
    "null",
    "-",
    "?",
    "0x5000",
    "1e999",
    "Infinity",
    "٢٠٠٠٠",
    '"20000"',
    "\\n",
    "N",
    "--1",
    "1e",
    ".",
  ];

  test.each([...odd, ...more])("is counted, and its row does not pass: %j", async (cell) => {
    for (const column of ["numeroVotos", "anoLancamento"]) {
      expect(await select(csv(row({ id: "tt0000001" }), row({ [column]: cell })))).toMatchObject({
        rows: 2,
        malformed: NONE,
        unreadable: { count: 1, first_lines: [3] },
        firstUnreadable: `${column} ${JSON.stringify(cell)}`,
        ids: ["tt0000001"],
      });
    }
  });

  test.each<[string, Parameters<typeof row>[0]]>([
    ["its votes are too few", { anoLancamento: "MCMXCIV", numeroVotos: "7" }],
    ["its votes are unknown", { anoLancamento: "1994?", numeroVotos: "\\N" }],
    ["its year is too early", { anoLancamento: "1915", numeroVotos: "1.234" }],
    ["its year is unknown", { anoLancamento: "", numeroVotos: "20k" }],
    ["its genre is another", { genero: "Drama", numeroVotos: "20,000" }],
    ["both can't be read", { anoLancamento: "?", numeroVotos: "?" }],
  ])("is counted once also in a row that would not pass anyway, since %s", async (_, cells) => {
    const { unreadable } = await select(csv(row(), row(cells), row(cells)));
    expect(unreadable).toEqual({ count: 2, first_lines: [3, 4] });
  });

  test("is counted wherever its column stands", async () => {
    const file = "numeroVotos|id|genero|anoLancamento\n7|tt1|War|19x4\n7x|tt1|War|1915\n7|tt1|War|1915\n7|tt1|War|?";
    expect(await select(file)).toMatchObject({ rows: 4, unreadable: { count: 3, first_lines: [2, 3, 5] } });
  });
});

test.each([
  "",
  " ",
  "\\N",
  " \\N ",
  "10001",
  "010001",
  " 7 ",
  "+20000",
  "-3",
  "1994.0",
  "1994.00",
  "1994.000",
  "1994.",
  "2e4",
  "1.5E4",
  "0",
])("a number or what is unknown is no row to be counted: %j", async (cell) => {
  for (const column of ["numeroVotos", "anoLancamento"]) {
    expect(await select(csv(row({ [column]: cell })))).toMatchObject({ rows: 1, malformed: NONE, unreadable: NONE });
  }
});
