import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { films, recordedFacts } from "../src/sample/films.ts";
import { MOST_SAMPLE_ROWS } from "../src/sample/most-sample-rows.ts";
import { sampleCsv } from "../src/sample/sample-csv.ts";

const SEED = 7;

const HEADER =
  "id|tituloPincipal|tituloOriginal|anoLancamento|tempoMinutos|genero|notaMedia|numeroVotos|generoArtista|personagem|nomeArtista|anoNascimento|anoFalecimento|profissao|titulosMaisConhecidos";

interface Row {
  readonly id: string;
  readonly tituloPincipal: string;
  readonly anoLancamento: string;
  readonly tempoMinutos: string;
  readonly genero: string;
  readonly numeroVotos: string;
  readonly generoArtista: string;
  readonly personagem: string;
  readonly anoNascimento: string;
  readonly anoFalecimento: string;
  readonly profissao: string;
  readonly titulosMaisConhecidos: string;
}

function text(rows: number, seed = SEED): string {
  return [...sampleCsv({ rows, seed })].join("");
}

function parse(csv: string): Row[] {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const columns = header.split("|");
  return lines.map((line) => {
    const fields = line.split("|");
    return Object.fromEntries(columns.map((column, index) => [column, fields[index]])) as unknown as Row;
  });
}

/** The filter as the README words it, on purpose without a line of the project's own. */
function passes(row: Row): boolean {
  return Number(row.anoLancamento) > 1960 && Number(row.numeroVotos) > 10_000 && /crime|war/i.test(row.genero);
}

function selectedIds(rows: readonly Row[]): string[] {
  return [...new Set(rows.filter(passes).map((row) => row.id))];
}

function share(rows: readonly Row[], matches: (row: Row) => boolean): number {
  return rows.filter(matches).length / rows.length;
}

// From twice its rows on, a sample holds the whole table.
const TABLE_ROWS = films().reduce((sum, film) => sum + film.cast.length, 0);

const LARGE_ROWS = 20_000;
const large = text(LARGE_ROWS);
const rows = parse(large);

describe("a sample is made by its rows and its seed", () => {
  it("has the same bytes for the same rows and seed", () => {
    expect(text(LARGE_ROWS)).toBe(large);
  });

  it("has other bytes for another seed", () => {
    const digests = [1, 2, 3, SEED].map((seed) => createHash("sha256").update(text(2_000, seed)).digest("hex"));
    expect(new Set(digests).size).toBe(4);
  });

  it.each([1, 2, 3, 10, 99, 1_000, 2 * TABLE_ROWS - 1, 2 * TABLE_ROWS, 2 * TABLE_ROWS + 1, 12_345])(
    "has exactly %i rows when asked for so many",
    (count) => {
      const lines = text(count).split("\n");
      expect(lines.pop()).toBe("");
      expect(lines).toHaveLength(1 + count);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, MOST_SAMPLE_ROWS + 1])("refuses to have %d rows", (count) => {
    expect(() => sampleCsv({ rows: count, seed: SEED })).toThrow(RangeError);
  });
});

describe("a sample has the shape of the genuine file", () => {
  it("begins with the genuine header", () => {
    expect(sampleCsv({ rows: 10, seed: SEED }).next().value).toBe(`${HEADER}\n`);
  });

  it("comes in chunks of whole lines", () => {
    const chunks = [...sampleCsv({ rows: 5_000, seed: SEED })];
    expect(chunks.length).toBeGreaterThan(10);
    expect(chunks.every((chunk) => chunk.endsWith("\n"))).toBe(true);
  });

  it("has fifteen columns in every row and no carriage return", () => {
    expect(
      new Set(
        large
          .trimEnd()
          .split("\n")
          .map((line) => line.split("|").length),
      ),
    ).toEqual(new Set([15]));
    expect(large).not.toContain("\r");
  });

  it("has rows of about the genuine size", () => {
    expect(Buffer.byteLength(large) / LARGE_ROWS).toBeCloseTo(165, -1);
  });

  // A million rows is the genuine file's size: its early ids stand close.
  it.each([10, 3_000, 100_000])("is sorted as text by id, the rows of a film together, with %i rows", (count) => {
    let last = "";
    let misplaced = 0;
    for (const chunk of sampleCsv({ rows: count, seed: SEED }).drop(1)) {
      for (const [, id = ""] of chunk.matchAll(/^(tt\d{7,8})\|.*\n/gm)) {
        if (id < last) misplaced++;
        last = id;
      }
    }
    expect(misplaced).toBe(0);
  });

  it("has well-formed ids only", () => {
    expect(rows.every((row) => /^tt\d{7,8}$/.test(row.id))).toBe(true);
  });

  it("mixes ids of seven and of eight digits", () => {
    const lengths = rows.map((row) => row.id.length);
    const changes = lengths.filter((length, index) => index > 0 && length !== lengths[index - 1]).length;
    expect(changes).toBeGreaterThan(100);
  });

  it("has from one to nine rows a film, mostly four", () => {
    const sizes = [...Map.groupBy(rows, (row) => row.id).values()].map((film) => film.length);
    expect(Math.min(...sizes)).toBe(1);
    expect(Math.max(...sizes)).toBe(9);
    expect(sizes.filter((size) => size === 4).length / sizes.length).toBeGreaterThan(0.7);
  });

  it("has one to three genres, sorted, and actors and actresses", () => {
    const cells = new Set(rows.map(({ genero }) => genero));
    for (const genres of [...cells].map((cell) => cell.split(","))) {
      expect(genres.length).toBeLessThanOrEqual(3);
      expect(genres).toEqual([...genres].sort());
    }
    expect(new Set(rows.map((row) => row.generoArtista))).toEqual(new Set(["actor", "actress"]));
  });

  it("has votes that are mostly few", () => {
    expect(share(rows, (row) => Number(row.numeroVotos) < 400)).toBeGreaterThan(0.6);
    expect(share(rows, (row) => Number(row.numeroVotos) > 10_000)).toBeGreaterThan(0.03);
  });
});

describe("a sample has the genuine file's quirks", () => {
  it("has double quotes in titles and characters, some at a field's beginning and some without a partner", () => {
    const quoted = rows.filter((row) => Object.values(row).some((field) => field.includes('"')));
    expect(quoted.some((row) => row.tituloPincipal.includes('"'))).toBe(true);
    expect(quoted.some((row) => row.personagem.includes('"'))).toBe(true);
    expect(quoted.some((row) => Object.values(row).some((field) => field.startsWith('"')))).toBe(true);
    expect(quoted.some((row) => row.personagem.split('"').length === 2)).toBe(true);
  });

  it("has stray backslashes in characters", () => {
    expect(rows.some((row) => /\(segment \\.+\\\)/.test(row.personagem))).toBe(true);
  });

  it.each([
    ["anoLancamento", 0.0001, 0.01],
    ["tempoMinutos", 0.05, 0.12],
    ["personagem", 0.1, 0.25],
    ["anoNascimento", 0.4, 0.7],
    ["anoFalecimento", 0.7, 0.99],
    ["titulosMaisConhecidos", 0.005, 0.03],
  ] as const)("has \\N in %s as often as is usual", (column, least, most) => {
    const unknown = share(rows, (row) => row[column] === "\\N");
    expect(unknown).toBeGreaterThan(least);
    expect(unknown).toBeLessThan(most);
  });

  it("has an empty profissao in 1.6 % of the rows", () => {
    expect(share(rows, (row) => row.profissao === "")).toBeCloseTo(0.016, 2);
  });

  it("has accents in titles and names", () => {
    for (const letter of ["ã", "ç", "é", "ñ", "ü", "ł", "ş"]) expect(large).toContain(letter);
  });
});

describe("of a sample only known films are selected", () => {
  const table = new Map(films().map((film) => [film.imdb_id, film]));
  const selected = selectedIds(rows);

  it("selects every film of the table that passes the filter, four lotes of them, and nothing else", () => {
    const expected = films().filter(
      (film) => film.year > 1960 && film.votes > 10_000 && /crime|war/i.test(film.genres),
    );
    expect(selected).toEqual(expected.map((film) => film.imdb_id));
    expect(selected.length).toBeGreaterThanOrEqual(320);
    expect(selected.length).toBeLessThanOrEqual(340);
  });

  it("has no TMDB facts for about one in twelve of them", () => {
    const withoutFacts = selected.filter((id) => table.get(id)?.tmdb === null).length;
    expect(withoutFacts / selected.length).toBeCloseTo(1 / 12, 2);
  });

  it.each([1, 2, 3, 4, 5, 6])("never selects a filler film with seed %i", (seed) => {
    expect(selectedIds(parse(text(10_000, seed)))).toEqual(selected);
  });

  it("never gives a filler film an id of the table", () => {
    for (const row of rows) {
      const film = table.get(row.id);
      if (film !== undefined) expect(row.tituloPincipal).toBe(film.title);
    }
  });

  it("holds known films and filler alike when it is too small for all known films", () => {
    const ids = [...new Set(parse(text(400)).map((row) => row.id))];
    const known = ids.filter((id) => table.has(id)).length;
    expect(known).toBeGreaterThan(30);
    expect(known).toBeLessThan(ids.length);
  });

  it("holds films that fail on one bound alone", () => {
    const known = rows.filter((row) => table.has(row.id) && !passes(row));
    expect(known.some((row) => row.anoLancamento === "1960" && Number(row.numeroVotos) > 10_000)).toBe(true);
    expect(known.some((row) => Number(row.numeroVotos) <= 10_000 && Number(row.anoLancamento) > 1960)).toBe(true);
    expect(known.some((row) => /\bwars?\b/i.test(row.tituloPincipal))).toBe(true);
  });
});

describe("the recorded facts", () => {
  it("hold TMDB's ten attributes in their order", () => {
    for (const facts of recordedFacts()) {
      expect(Object.keys(facts).join()).toBe(
        "id,imdb_id,title,runtime,release_date,budget,revenue,popularity,vote_average,vote_count",
      );
    }
  });

  it("are those of the table's films that have any, each id once", () => {
    const known = films().filter((film) => film.tmdb !== null);
    expect(recordedFacts().map((facts) => facts.imdb_id)).toEqual(known.map((film) => film.imdb_id));
    expect(new Set(recordedFacts().map((facts) => facts.id)).size).toBe(known.length);
  });

  it("hold Cidade de Deus", () => {
    expect(recordedFacts().find((facts) => facts.imdb_id === "tt0317248")).toMatchObject({
      id: 598,
      runtime: 129,
      release_date: "2002-08-30",
    });
  });
});
