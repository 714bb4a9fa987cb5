import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTmdbStandIn, type TmdbStandIn } from "@lotes/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workplace } from "./support/cli.ts";
import { jsonExamples, RUN_HEADING, shapeOf } from "./support/json-docs.ts";

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place[Symbol.dispose]());

const linesOf = (file: string) =>
  readFileSync(join(place.path, file), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(place.path, name), content);
  return name;
}

const HEADER = "id|anoLancamento|genero|numeroVotos";

describe("lotes run without a CSV", () => {
  test("runs the sample to its end and leaves the date's files in out/", async () => {
    const { code, stdout, stderr } = await place.lotes(["run", "--json", "--date", "2026/11/23"]);

    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      date: "2026/11/23",
      run: expect.stringMatching(/^[0-9a-f]{16}$/),
      rows: 40_000,
      malformed: { count: 0, first_lines: [] },
      ids: 330,
      lotes: 4,
      stored: 303,
      failed: 27,
      reasons: { not_found: 27 },
      requests: 330,
      seconds: expect.any(Number),
    });
    expect(shapeOf(result)).toEqual(shapeOf(jsonExamples().get(RUN_HEADING)));
    expect(stderr).toContain("TMDB_TOKEN is not set: a stand-in");
    expect(readdirSync(join(place.path, "out")).sort()).toEqual([
      "_manifest.json",
      "_run.json",
      "erros_geral.json",
      "lote_1.json",
      "lote_2.json",
      "lote_3.json",
      "lote_4.json",
      "report.html",
    ]);
    expect(result.files).toContain("report.html");
    const records = [1, 2, 3, 4].flatMap((lote) => linesOf(`out/lote_${lote}.json`));
    expect(new Set(records.map((record) => record.imdb_id)).size).toBe(303);
    const godfather = records.find((record) => record.imdb_id === "tt0068646");
    expect(godfather).toMatchObject({ id: 238, runtime: 175, release_date: "1972-03-14" });
    expect(linesOf("out/erros_geral.json")).toHaveLength(27);
  });
});

describe("lotes run with a CSV", () => {
  let tmdb: TmdbStandIn;
  beforeEach(async () => {
    tmdb = await startTmdbStandIn({ facts: [], token: "right" });
  });
  afterEach(() => tmdb.stop());

  test("talks to the TMDB it is told of, and says what became of every id", async () => {
    write("movies.csv", `${HEADER}\ntt0068646|1972|Crime|2000000\nbad row\nnope|1999|War|20000\ntt1|1999|War|20.000\n`);
    const env = { TMDB_TOKEN: "right", TMDB_BASE_URL: tmdb.url, MAX_MALFORMED_PERCENT: "50" };
    const { code, stdout, stderr } = await place.lotes(["run", "movies.csv", "--out", "result"], env);

    expect(code).toBe(0);
    expect(stderr).not.toContain("stand-in");
    expect(stdout).toContain("1 malformed (line 3), 1 with a year or votes that are no number (line 5)");
    expect(stdout).toContain("not_found 1: TMDB does not know the id");
    expect(stdout).toContain("invalid_id 1: neither an IMDb id nor a TMDB id");
    expect(stdout).toContain("2 ids = 0 stored + 2 failed: every id is accounted for");
    expect((await tmdb.stats()).requests).toBe(1);
    expect(linesOf("result/erros_geral.json").map((entry) => entry.imdb_id)).toEqual(["nope", "tt0068646"]);
  });

  test("with a wrong token says what to fix, after a few requests, and never shows the token", async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `tt${1_000_000 + index}|1999|War|20000`);
    write("movies.csv", `${[HEADER, ...ids].join("\n")}\n`);
    // From .env this time, where most users keep it.
    write(".env", `TMDB_TOKEN=wrong-but-secret\nTMDB_BASE_URL=${tmdb.url}\n`);
    const { code, stdout, stderr } = await place.lotes(["run", "movies.csv"]);

    expect(code).toBe(0);
    expect(stdout).toContain("unauthorized 300: TMDB refuses the token");
    expect(stdout).toContain("set TMDB_TOKEN to a valid token");
    // Said while it happened, once.
    expect(stderr.split("\n").filter((line) => line.startsWith("! TMDB refuses the token: "))).toHaveLength(1);
    expect((await tmdb.stats()).requests).toBeLessThanOrEqual(3 * 10);
    const files = readdirSync(join(place.path, "out")).map((name) =>
      readFileSync(join(place.path, "out", name), "utf8"),
    );
    const log = readFileSync(join(place.path, ".lotes/run.log"), "utf8");
    expect([stdout, stderr, log, ...files].join("\n")).not.toContain("wrong-but-secret");
  });

  test("replaces what an earlier run left in the directory, and nothing else", async () => {
    mkdirSync(join(place.path, "out"));
    for (const name of ["lote_7.json", "erros_geral.json", "notes.txt"]) write(`out/${name}`, "old");
    write("movies.csv", `${HEADER}\nnope|1999|War|20000\n`);
    const { code, stdout } = await place.lotes(["run", "movies.csv"]);
    expect(code).toBe(0);
    expect(stdout).toContain("1 ids = 0 stored + 1 failed");
    expect(readdirSync(join(place.path, "out")).sort()).toEqual([
      "_manifest.json",
      "_run.json",
      "erros_geral.json",
      "notes.txt",
      "report.html",
    ]);
    expect(readFileSync(join(place.path, "out/erros_geral.json"), "utf8")).not.toBe("old");
  });
});

describe("lotes run with a CSV that can't be used", () => {
  test.each([
    ["without numeroVotos", "id|anoLancamento|genero\ntt0068646|1972|Crime\n", "the header has no column numeroVotos"],
    ["that is empty", "", "it is empty"],
    ["that is a binary file", Uint8Array.from({ length: 9_000 }, (_, index) => index % 251), "it is not UTF-8 text"],
  ])("%s says why in one line, exits with 1 and leaves earlier output alone", async (_, csv, reason) => {
    mkdirSync(join(place.path, "out"));
    write("out/lote_1.json", "earlier");
    write("movies.csv", csv);
    const { code, stdout, stderr } = await place.lotes(["run", "movies.csv"]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^lotes: movies.csv can't be used: .*\n$/);
    expect(stderr).toContain(reason);
    expect(readFileSync(join(place.path, "out/lote_1.json"), "utf8")).toBe("earlier");
  });

  test("since it is not there says so and exits with 1", async () => {
    const { code, stderr } = await place.lotes(["run", "nowhere.csv"]);
    expect(code).toBe(1);
    expect(stderr).toContain("nowhere.csv: no such file");
    expect(existsSync(join(place.path, "out"))).toBe(false);
  });
});
