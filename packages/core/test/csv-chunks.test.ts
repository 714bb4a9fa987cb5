import { describe, expect, test } from "vitest";
import { selectIds } from "../src/dataset/select-ids.ts";
import { chunks, csv, FILTER, HEADER, row } from "./support/csv.ts";
import { between, seeded } from "./support/random.ts";

/** Few columns and short cells: there are as many places to cut as bytes. */
const COLUMNS = ["id", "tituloPincipal", "anoLancamento", "genero", "numeroVotos"] as const;
const PASSING = { id: "tt0000001", tituloPincipal: "M", anoLancamento: "1994", genero: "Crime", numeroVotos: "20000" };
const narrow = (cells: Partial<typeof PASSING>) =>
  COLUMNS.map((column) => ({ ...PASSING, ...cells })[column]).join("|");

/** Everything at once: a byte order mark, both line ends, empty and malformed lines, quotes, characters of up to four bytes. */
const NASTY = Buffer.from(
  [
    `\ufeff${COLUMNS.join("|")}\r\n`,
    `${narrow({ tituloPincipal: '"Cidade de Deus' })}\r\n`,
    "\r\n",
    `${narrow({ id: "tt0000002", tituloPincipal: "Zé 🎬 电影\\" })}\n`,
    "short|row\n\n",
    `${narrow({ id: "tt0000003", genero: "Drama" })}\n`,
    `${narrow({})}\r\n`,
    `${narrow({ id: "278", numeroVotos: "" })}|\r\n`,
    narrow({ id: "tt0000004", genero: "WAR,é" }),
  ].join(""),
);

const EXPECTED = {
  rows: 7,
  malformed: { count: 2, first_lines: [5, 9] },
  unreadable: { count: 0, first_lines: [] },
  firstMalformed: "it has 2 instead of 5",
  ids: ["tt0000001", "tt0000002", "tt0000004"],
};

/** The bytes cut at the given places. */
async function* cutAt(bytes: Buffer, places: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const end of [...places, bytes.length]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** The bytes up to an error of the network. */
async function* brokenBy(error: unknown, text: string): AsyncGenerator<Uint8Array> {
  if (text !== "") yield Buffer.from(text);
  throw error;
}

describe("however the bytes arrive", () => {
  test("in chunks of every size, the selection is the same", async () => {
    for (let size = 1; size <= NASTY.length; size++) {
      expect(await selectIds(chunks(NASTY, size), FILTER), `chunks of ${size} bytes`).toEqual(EXPECTED);
    }
  });

  test("cut once, wherever that is, the selection is the same", async () => {
    for (let place = 0; place <= NASTY.length; place++) {
      expect(await selectIds(cutAt(NASTY, [place]), FILTER), `cut at ${place}`).toEqual(EXPECTED);
    }
  });

  test("cut anywhere and often, empty chunks included, the selection is the same", async () => {
    const random = seeded(5);
    for (let round = 0; round < 200; round++) {
      const places = Array.from({ length: between(random, 1, 40) }, () => between(random, 0, NASTY.length));
      places.sort((a, b) => a - b);
      expect(await selectIds(cutAt(NASTY, places), FILTER), `cut at ${places}`).toEqual(EXPECTED);
    }
  });

  test("with the header cut between its CR and its LF, the selection is the same", async () => {
    const file = Buffer.from(csv(row({ id: "tt0000001" }), row({ id: "tt0000002" })).replaceAll("\n", "\r\n"));
    const selection = await selectIds(cutAt(file, [file.indexOf("\n")]), FILTER);
    expect(selection).toMatchObject({ rows: 2, ids: ["tt0000001", "tt0000002"] });
  });

  test("as plain bytes that are a part of a larger buffer, they are read from where they are", async () => {
    const file = new TextEncoder().encode(`garbage${csv(row({ id: "tt0000001" }))}garbage`);
    const part = new Uint8Array(file.buffer, 7, file.length - 14);
    expect(await selectIds(chunks(part, part.length), FILTER)).toMatchObject({ rows: 1, ids: ["tt0000001"] });
  });

  test("they are left as they were", async () => {
    const bytes = Buffer.from(NASTY);
    await selectIds(chunks(bytes, 100), FILTER);
    expect(bytes.equals(NASTY)).toBe(true);
  });

  test("in a thousand rows of many chunks, none is lost or doubled", async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `tt${1_000_000 + index}`);
    const file = Buffer.from(csv(...ids.map((id) => row({ id }))));
    for (const size of [777, 4096, 65_536]) {
      expect(await selectIds(chunks(file, size), FILTER)).toEqual({
        rows: 1000,
        malformed: { count: 0, first_lines: [] },
        unreadable: { count: 0, first_lines: [] },
        ids,
      });
    }
  });
});

describe("an error of the source", () => {
  test.each([
    ["before the first byte", ""],
    ["within the header", HEADER.slice(0, 20)],
    ["after the header", `${HEADER}\n`],
    ["within a row", `${HEADER}\n${row()}\n${row().slice(0, 30)}`],
    ["after the last row", csv(row(), row({ id: "tt0000002" }))],
  ])("%s reaches the caller as it is", async (_, text) => {
    const error = new Error("socket hang up");
    await expect(selectIds(brokenBy(error, text), FILTER)).rejects.toBe(error);
  });
});
