import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MOVIE_COLUMNS, type MovieRecord, parseMovie, recordLine } from "../src/dataset/movie-record.ts";
import { tmdbAnswer } from "./support/movies.ts";

describe("TMDB's answer", () => {
  test("is cut to the ten attributes, in their order", () => {
    const record = parseMovie("tt0111161", tmdbAnswer());
    expect(Object.entries(record ?? {})).toEqual([
      ["id", 278],
      ["imdb_id", "tt0111161"],
      ["title", "Um Sonho de Liberdade"],
      ["runtime", 142],
      ["release_date", "1994-09-23"],
      ["budget", 25_000_000],
      ["revenue", 28_341_469],
      ["popularity", 150.3],
      ["vote_average", 8.7],
      ["vote_count", 27_000],
    ]);
  });

  test("has null for an empty release date, which is how TMDB writes an unknown one", () => {
    expect(parseMovie("278", tmdbAnswer({ release_date: "" }))?.release_date).toBeNull();
  });

  test("has null for whatever is missing or null, and all ten attributes all the same", () => {
    const nothing = { title: null, runtime: null, budget: undefined };
    expect(parseMovie("278", { id: 278, ...nothing })).toEqual({
      id: 278,
      imdb_id: null,
      title: null,
      runtime: null,
      release_date: null,
      budget: null,
      revenue: null,
      popularity: null,
      vote_average: null,
      vote_count: null,
    });
  });

  test("keeps a zero, which is not unknown", () => {
    const zeros = { budget: 0, revenue: 0, vote_average: 0, vote_count: 0 };
    expect(parseMovie("278", tmdbAnswer(zeros))).toMatchObject(zeros);
  });

  test("is rounded where a whole number belongs, and unknown where that is beyond any reader's integers", () => {
    const odd = { runtime: 142.5, budget: 1e21, revenue: -(2 ** 53), vote_count: -0.2 };
    const record = parseMovie("278", tmdbAnswer({ ...odd, popularity: 1e21 }));
    expect(record).toMatchObject({ runtime: 143, budget: null, revenue: null, vote_count: 0, popularity: 1e21 });
  });

  test("keeps no half of a character, with which DuckDB would read nothing of its file", () => {
    const record = parseMovie("278", tmdbAnswer({ title: "Amor \ud83d", imdb_id: "tt0111161\udc00" }));
    expect(record).toMatchObject({ title: "Amor \ufffd", imdb_id: "tt0111161\ufffd" });
  });

  test.each([[null], [""], [undefined]])("with %j for an IMDb id gets the one that was asked for", (imdb_id) => {
    expect(parseMovie("tt0111161", tmdbAnswer({ imdb_id }))?.imdb_id).toBe("tt0111161");
  });

  test("without an IMDb id to a TMDB id has none", () => {
    expect(parseMovie("278", tmdbAnswer({ imdb_id: null }))?.imdb_id).toBeNull();
  });

  test.each(["278", "0278"])("is known by its TMDB id %s as well", (id) => {
    expect(parseMovie(id, tmdbAnswer())).toMatchObject({ id: 278, imdb_id: "tt0111161" });
  });
});

describe("TMDB's answer to an IMDb id", () => {
  test.each([" tt0111161", "tt0111161 ", "\ttt0111161\n"])("may have space around its IMDb id: %j", (imdb_id) => {
    expect(parseMovie("tt0111161", tmdbAnswer({ imdb_id }))).toMatchObject({ id: 278, imdb_id: "tt0111161" });
  });

  test("may be under the other one of two ids that were merged", () => {
    expect(parseMovie("tt0000001", tmdbAnswer())).toMatchObject({ id: 278, imdb_id: "tt0111161" });
  });
});

describe("no record is made", () => {
  test.each([
    ["of another movie by its TMDB id", "279", tmdbAnswer()],
    ["of something else by an IMDb id", "tt0111161", tmdbAnswer({ imdb_id: "nm0000209" })],
    ["of a page", "278", "<html><body>Sign in to the network</body></html>"],
    ["of nothing", "278", ""],
    ["of null", "278", null],
    ["of undefined", "278", undefined],
    ["of a number", "278", 278],
    ["of a list", "278", [tmdbAnswer()]],
    ["of an empty object", "278", {}],
    ["of a success without a movie", "278", { success: true }],
    ["of a movie without an id", "tt0111161", tmdbAnswer({ id: undefined })],
    ["of an id that is text", "278", tmdbAnswer({ id: "278" })],
    ["of an id that is no whole number", "278", tmdbAnswer({ id: 278.5 })],
    ["of an id that is not positive", "0", tmdbAnswer({ id: 0 })],
    ["of a runtime that is text", "278", tmdbAnswer({ runtime: "142" })],
    ["of a title that is no text", "278", tmdbAnswer({ title: 1994 })],
  ])("%s", (_, id, body) => {
    expect(parseMovie(id, body)).toBeUndefined();
  });
});

describe("a record's line", () => {
  test.each([
    [8, "8.0"],
    [6.689, "6.689"],
    [0, "0.0"],
    [-0, "0.0"],
    [-3, "-3.0"],
    [1e-7, "1.0e-7"],
    [1.5e-7, "1.5e-7"],
    [1e21, "1.0e+21"],
    [1e20, "100000000000000000000.0"],
    [null, "null"],
  ])("has a decimal point in popularity and vote_average: %d", (value, written) => {
    const line = recordLine({
      ...(parseMovie("278", tmdbAnswer()) as MovieRecord),
      popularity: value,
      vote_average: value,
    });
    expect(line).toContain(`"popularity":${written},"vote_average":${written},`);
    expect(JSON.parse(line)).toMatchObject({ popularity: value === 0 ? 0 : value });
  });

  test("has nothing but digits in every other number, whatever TMDB answers", () => {
    const numbers = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger());
    const whole = Object.entries(MOVIE_COLUMNS).flatMap(([name, type]) =>
      type === "whole" && name !== "id" ? name : [],
    );
    fc.assert(
      fc.property(numbers, (value) => {
        const body = tmdbAnswer(Object.fromEntries(whole.map((name) => [name, value])));
        const line = recordLine(parseMovie("278", body) as MovieRecord);
        for (const name of whole) expect(line).toMatch(new RegExp(`"${name}":(-?\\d+|null)[,}]`));
      }),
    );
  });

  test("is one line for readers that end a line at any of Unicode's line ends", () => {
    const title = "first\u0085second\u2028third\u2029fourth\n\v\f\u001C";
    const line = recordLine(parseMovie("278", tmdbAnswer({ title })) as MovieRecord);
    expect(line).not.toMatch(/[\p{Zl}\p{Zp}\p{Cc}]/u);
    expect(JSON.parse(line)).toMatchObject({ title });
  });

  test("has the attributes in their order", () => {
    const record = parseMovie("278", tmdbAnswer());
    expect(Object.keys(JSON.parse(recordLine(record as MovieRecord)))).toEqual(Object.keys(record ?? {}));
  });
});
