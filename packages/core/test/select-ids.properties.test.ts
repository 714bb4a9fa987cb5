import fc from "fast-check";
import { expect, test } from "vitest";
import { selectIds } from "../src/dataset/select-ids.ts";
import { COLUMNS, FILTER } from "./support/csv.ts";
import { selectedByHand, selectedByParserAlone } from "./support/reference-selection.ts";

/** One of the texts mostly, else anything a cell can hold. */
const cell = (...likely: string[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...likely) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replaceAll(/[|\r\n]/g, "")),
    },
  );

// Around the bound, and whatever JavaScript takes for a number, or not.
const votes = cell("10001", "2000000", "10000", "9999", "7", "", "\\N", "0010001", "99999999999999999999");
const oddVotes = cell(
  "2e4",
  " 20000",
  "20000 ",
  "20000.5",
  "20000.00",
  "20.000",
  "7.",
  "9".repeat(400),
  "\\N ",
  "\\Nn",
  "10000.5",
  "-20000",
  "+20000",
  "0x5000",
  "1e999",
  "٢٠٠٠٠",
  "N\\",
);
const year = cell(
  "1994",
  "1961",
  "1960",
  "2026",
  "",
  "\\N",
  "01961",
  "1e4",
  " 1961 ",
  "1960.5",
  "1961.0",
  "1994?",
  "199",
  "199a",
);
// A sharp letter, a sign that is a k in lower case, and letters of several bytes beside the words.
const genre = cell(
  "Crime",
  "War",
  "Crime,Drama",
  "drama,WAR",
  "Drama",
  "",
  "\\N",
  "Música,wAr",
  "Waſr",
  "\u212aWar",
  "Ação",
);
const text = cell(
  "A Film",
  'Resurrection "F"',
  '"',
  "(segment \\Afterbirth\\)",
  "",
  "\\N",
  "Zé Pequeno 🎬",
  "x".repeat(70),
);
const id = fc.constantFrom("tt0000001", "tt0000002", "tt12345678", "278", "", "no id", "tt0000001 ");

const arbitraryCell: Record<string, fc.Arbitrary<string>> = {
  id,
  anoLancamento: year,
  genero: genre,
  numeroVotos: fc.oneof({ weight: 3, arbitrary: votes }, { weight: 1, arbitrary: oddVotes }),
};

/** A line's text by the columns of the header. */
function line(columns: readonly string[]): fc.Arbitrary<string> {
  const row = fc.tuple(...columns.map((column) => arbitraryCell[column] ?? text)).map((cells) => cells.join("|"));
  return fc.oneof(
    { weight: 12, arbitrary: row },
    { weight: 1, arbitrary: row.map((cells) => `${cells}|`) },
    { weight: 1, arbitrary: row.map((cells) => cells.slice(0, cells.lastIndexOf("|"))) },
    // As many separators too many as a byte of a sum can't tell from none.
    { weight: 1, arbitrary: row.map((cells) => cells + "|".repeat(256)) },
    { weight: 1, arbitrary: fc.constantFrom("", "", "|", "\r", " ", "tt0000001", "|".repeat(14), "\0") },
  );
}

const header = fc
  .tuple(fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }), fc.nat(11))
  // Fewer columns make shorter rows; the four that are read stay.
  .map(([columns, fewer]) => {
    const spare = columns.filter((column) => !(column in arbitraryCell)).slice(0, fewer);
    return columns.filter((column) => !spare.includes(column));
  });

const csv = header.chain((columns) => {
  const end = fc.constantFrom("\n", "\n", "\r\n");
  const lines = fc.array(fc.tuple(line(columns), end), { maxLength: 30 });
  return fc
    .record({ mark: fc.constantFrom("", "\ufeff"), headerEnd: end, lines, unended: fc.boolean() })
    .map(({ mark, headerEnd, lines, unended }) => {
      const whole = `${mark}${columns.join("|")}${headerEnd}${lines.flat().join("")}`;
      return Buffer.from(unended ? whole.replace(/\r?\n$/, "") : whole);
    });
});

const filter = fc.record({
  minYear: fc.constantFrom(FILTER.minYear, 0),
  minVotes: fc.constantFrom(FILTER.minVotes, FILTER.minVotes, 0),
  genres: fc.constantFrom(FILTER.genres, ["k"], ["ação", "drama"]),
});

/** The file in pieces of the sizes, over and over. As with a reader that uses its memory again, each piece is gone when the next is asked for. */
async function* pieces(file: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, piece = 0; start < file.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1;
    // In the middle of a larger memory, and not where a word begins.
    const memory = Buffer.concat([Buffer.from("garbage"), file.subarray(start, start + size), Buffer.from("garbage")]);
    yield memory.subarray(7, memory.length - 7);
    memory.fill("|");
    start += size;
  }
}

test("of any file in any pieces, the selection is that of csv-parser alone and of a plain reading of the whole file", async () => {
  await fc.assert(
    fc.asyncProperty(
      csv,
      filter,
      fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(100_000)), { minLength: 1, maxLength: 5 }),
      async (file, filter, sizes) => {
        const expected = await selectedByParserAlone(file, filter);
        const { firstMalformed, firstUnreadable, ...selection } = await selectIds(pieces(file, sizes), filter);
        expect(selection).toEqual(expected);
        expect([firstMalformed, firstUnreadable].map((why) => why !== undefined)).toEqual(
          [expected.malformed, expected.unreadable].map(({ count }) => count > 0),
        );
        expect(selectedByHand(file, filter)).toEqual(expected);
      },
    ),
    { numRuns: 250 },
  );
});
