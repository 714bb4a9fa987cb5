import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { UnusableCsvError } from "../src/dataset/header.ts";
import { selectIds } from "../src/dataset/select-ids.ts";
import { chunks, csv, FILTER, HEADER, row, select } from "./support/csv.ts";

const MIB = 1024 * 1024;
const KIB = 1024;

/** A beginning, and then the same letter without end; but who takes ten times of what is needed is stopped. */
class EndlessSource {
  /** Chunks that were taken after the beginning. */
  served = 0;
  closed = false;
  readonly #beginning: string;
  readonly #chunk: Buffer;

  constructor(beginning: string, chunkSize: number) {
    this.#beginning = beginning;
    this.#chunk = Buffer.alloc(chunkSize, "a");
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      if (this.#beginning !== "") yield Buffer.from(this.#beginning);
      for (; this.served < 200; this.served++) yield this.#chunk;
      throw new Error("read on and on");
    } finally {
      this.closed = true;
    }
  }
}

/** Why a file can't be used. */
async function refusal(file: string | Uint8Array, size = 64 * KIB): Promise<string> {
  return selectIds(chunks(Buffer.from(file), size), FILTER).then(
    (selection) => Promise.reject(new Error(`accepted: ${JSON.stringify(selection)}`)),
    (error) => (error instanceof UnusableCsvError ? error.message : Promise.reject(error)),
  );
}

describe("a file that is no CSV is refused in one line", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["empty", "", "it is empty"],
    ["nothing but a byte order mark", "\ufeff", "it is empty"],
    ["an empty first line", `\n${HEADER}\n`, "first line"],
    ["an empty first line of CRLF", `\r\n${HEADER}\r\n`, "first line"],
    ["blank", "   \n", "first line"],
    ["binary, with a NUL", Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x00, 0x0a]), "not UTF-8"],
    ["text with a NUL in the header", `${HEADER}\0\n`, "not UTF-8"],
    ["in Latin-1", Buffer.from("título|id|anoLancamento|genero|numeroVotos\n", "latin1"), "not UTF-8"],
    ["in UTF-16", Buffer.from(`\ufeff${csv(row())}`, "utf16le"), "not UTF-8"],
    ["gzip", gzipSync(csv(row())), "not UTF-8"],
    ["gzip's first bytes and a line end", Buffer.from([0x1f, 0x8b, 0x08, 0x0a]), "not UTF-8"],
  ])("when it is %s", async (_, file, why) => {
    for (const size of [1, 3, 64 * KIB]) {
      const message = await refusal(file, size);
      expect(message).toContain(why);
      expect(message).not.toContain("\n");
    }
  });

  test("when its first line does not end within 64 kB", async () => {
    expect(await refusal("a".repeat(64 * KIB + 1))).toContain("64 kB");
    expect(await refusal(`${"a".repeat(64 * KIB + 1)}\n`)).toContain("64 kB");
    expect(await refusal(Buffer.alloc(MIB))).toContain("64 kB");
  });

  test("when it never ends, after its beginning", async () => {
    const source = new EndlessSource("", 16 * KIB);
    await expect(selectIds(source.bytes(), FILTER)).rejects.toThrow(UnusableCsvError);
    expect(source.served).toBeLessThanOrEqual(6);
    expect(source.closed).toBe(true);
  });

  // csv-parser takes a stray CR in the header for the line end of the whole file.
  test.each([
    ["within the header", `${HEADER}|no\rte\n${row()}|x\n`],
    ["doubled before each LF", csv(row(), row()).replaceAll("\n", "\r\r\n")],
    ["in place of each LF", csv(row(), row()).replaceAll("\n", "\r")],
  ])("when there is a CR %s, by which every row would be cut wrongly", async (_, file) => {
    await expect(select(file)).rejects.toThrow(UnusableCsvError);
  });

  test("but not when its long first line ends within 64 kB", async () => {
    const filler = "a".repeat(64 * KIB - HEADER.length - 1);
    expect(await select(`${HEADER}|${filler}\n${row()}|x\n`)).toMatchObject({ rows: 1, ids: ["tt0111161"] });
  });
});

describe("a header that lacks a required column", () => {
  test.each(["id", "anoLancamento", "genero", "numeroVotos"])(
    "is refused by the name of the column: %s",
    async (name) => {
      const columns = HEADER.split("|").filter((column) => column !== name);
      const message = await refusal(`${columns.join("|")}\n${row()}\n`);
      expect(message).toMatch(new RegExp(`no column ${name};`));
      expect(message).not.toContain("\n");
    },
  );

  test("is refused by the names of all that are missing", async () => {
    expect(await refusal("tituloPincipal|genero\n")).toContain("no column id, anoLancamento, numeroVotos;");
  });

  test.each([
    ["separated by commas", HEADER.replaceAll("|", ",")],
    ["separated by semicolons", HEADER.replaceAll("|", ";")],
    ["quoted", HEADER.replaceAll(/\w+/g, '"$&"')],
    ["in capitals", HEADER.toUpperCase()],
    ["missing, and this the first row", row()],
  ])("is refused when it is %s", async (_, header) => {
    expect(await refusal(`${header}\n${row()}\n`)).toContain("no column id, anoLancamento, genero, numeroVotos;");
  });

  test.each([
    ["every name", HEADER.replaceAll(/\w+/g, '"$&"')],
    ["every name, after a byte order mark", `\ufeff${HEADER.replaceAll(/\w+/g, '"$&"')}`],
    ["one name", HEADER.replace("genero", "'genero'")],
    ["a name and the space around it", HEADER.replace("numeroVotos", '" numeroVotos "')],
    ["every name, with commas between them", HEADER.replaceAll(/\w+/g, '"$&"').replaceAll("|", ",")],
    ["every name, as a word processor does", HEADER.replaceAll(/\w+/g, "“$&”")],
  ])("is told of the quotes when there are some around %s", async (_, header) => {
    expect(await refusal(`${header}\n${row()}\n`)).toMatch(/no column .* quotes/);
  });

  test("is told nothing of quotes when there are none around its names", async () => {
    expect(await refusal(`${HEADER.replace("genero", '"outro"')}\n${row()}\n`)).not.toContain("quotes");
  });

  test("is refused before the rows are read, and the source is closed", async () => {
    const source = new EndlessSource("id|genero\n", 64 * KIB);
    await expect(selectIds(source.bytes(), FILTER)).rejects.toThrow(UnusableCsvError);
    expect(source.served).toBeLessThan(6);
    await expect.poll(() => source.closed).toBe(true);
  });

  test("is refused when a required column is there twice", async () => {
    const message = await refusal(`${HEADER}|genero\n${row()}|Drama\n`);
    expect(message).toContain("the column genero twice");
  });
});

describe("a row that is longer than 1 MiB", () => {
  const LONG = "x".repeat(MIB + 1);
  /** Of chunks: a part of the row that is no power of two, one as a stream of Node's has it, and all at once. */
  const SIZES = [17_000, 64 * KIB, 4 * MIB];

  test.each([
    ["the first one", csv(LONG, row())],
    ["one of many", csv(...Array.from({ length: 1000 }, () => row()), LONG, row())],
    ["the last one, without an end", `${csv(row())}${LONG}`],
  ])("is refused as such, be it %s", async (_, file) => {
    for (const size of SIZES) expect(await refusal(file, size)).toMatch(/line .* 1 MiB/);
  });

  test("is told to be several rows when carriage returns are in it", async () => {
    const file = `${HEADER}\n${`${row()}\r`.repeat(10_000)}`;
    for (const size of SIZES) expect(await refusal(file, size)).toMatch(/carriage returns.* LF or CRLF/);
    expect(await refusal(`${file}\n`, 4 * MIB)).toMatch(/carriage returns.* LF or CRLF/);
  });

  test("is refused before its end is read", async () => {
    const source = new EndlessSource(csv(row()), 64 * KIB);
    await expect(selectIds(source.bytes(), FILTER)).rejects.toThrow(UnusableCsvError);
    // 1 MiB is sixteen of them; a few more may be on their way.
    expect(source.served).toBeLessThan(24);
    await expect.poll(() => source.closed).toBe(true);
  });

  test("is no reason to refuse one of a little less", async () => {
    const personagem = "x".repeat(MIB - 1000);
    expect(await select(csv(row({ personagem })))).toMatchObject({ rows: 1, ids: ["tt0111161"] });
  });
});
