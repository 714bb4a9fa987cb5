import { describe, expect, test } from "vitest";
import {
  dateInKey,
  dateOfInputKey,
  INPUT_EVENTS,
  inputKey,
  ledgerKey,
  loteKey,
  loteOfKey,
  lotePrefix,
  missesInputKey,
  outputPrefix,
  runKey,
} from "../src/dataset/keys.ts";
import { isRunDate, utcDate } from "../src/dataset/run-date.ts";

const DATE = "2026/03/09";

describe("the keys of a date", () => {
  test("are those that readers of the data lake know", () => {
    expect(inputKey(DATE)).toBe("Raw/Local/CSV/Movies/2026/03/09/movies.csv");
    expect(outputPrefix(DATE)).toBe("Raw/TMDB/JSON/Movies/2026/03/09/");
    expect(loteKey(DATE, 1)).toBe("Raw/TMDB/JSON/Movies/2026/03/09/lote_1.json");
    expect(ledgerKey(DATE)).toBe("Raw/TMDB/JSON/Movies/2026/03/09/erros_geral.json");
    expect(runKey(DATE)).toBe("Raw/TMDB/JSON/Movies/2026/03/09/_run.json");
  });

  test("are found again by what lists and events are filtered by", () => {
    const key = loteKey(DATE, 42);
    expect(key.startsWith(lotePrefix(DATE))).toBe(true);
    expect(ledgerKey(DATE).startsWith(lotePrefix(DATE))).toBe(false);
    expect(runKey(DATE).startsWith(lotePrefix(DATE))).toBe(false);
    expect(inputKey(DATE).startsWith(INPUT_EVENTS.prefix)).toBe(true);
    expect(inputKey(DATE).endsWith(INPUT_EVENTS.suffix)).toBe(true);
  });
});

describe("an input key", () => {
  test("tells its date, on every day of four years", () => {
    const day = 24 * 60 * 60 * 1000;
    const first = Date.UTC(2024, 0, 1);
    for (let index = 0; index < 4 * 365 + 1; index++) {
      const date = utcDate(new Date(first + index * day));
      expect(dateOfInputKey(inputKey(date))).toBe(date);
    }
  });

  test.each([
    "",
    "movies.csv",
    "Raw/Local/CSV/Movies/movies.csv",
    "Raw/Local/CSV/Movies//movies.csv",
    "Raw/Local/CSV/Movies/2026/11/23/Movies.csv",
    "Raw/Local/CSV/Movies/2026/11/23/movies.csv.gz",
    "Raw/Local/CSV/Movies/2026/11/23/old/movies.csv",
    "Raw/Local/CSV/Movies/old/2026/11/23/movies.csv",
    "Raw/Local/CSV/Movies/2026/11/23/old-movies.csv",
    "Raw/Local/CSV/Movies/2026/11/23movies.csv",
    "/Raw/Local/CSV/Movies/2026/11/23/movies.csv",
    "raw/local/csv/movies/2026/11/23/movies.csv",
    "Raw/Local/CSV/Series/2026/11/23/movies.csv",
    "Raw/TMDB/JSON/Movies/2026/11/23/movies.csv",
    "Raw/Local/CSV/Movies/2026/11/23/series.csv",
    "Raw/Local/CSV/Movies/2026/1/9/movies.csv",
    "Raw/Local/CSV/Movies/2026-11-23/movies.csv",
    "Raw/Local/CSV/Movies/2026/02/30/movies.csv",
    "Raw/Local/CSV/Movies/{ano}/{mes}/{dia}/movies.csv",
  ])("of another form tells none: %s", (key) => {
    expect(dateOfInputKey(key)).toBeUndefined();
  });
});

describe("a key that misses the pattern", () => {
  test.each([
    "Raw/Local/CSV/Movies/2026/1/5/movies.csv",
    "Raw/Local/CSV/Movies/2026/01/05/Movies.csv",
    "Raw/Local/CSV/Movies/2026/01/05/movies.CSV",
    "Raw/Local/CSV/Movies/2026/01/05/movies.csv.gz",
    "Raw/Local/CSV/Movies/2026/01/05/movies (1).csv",
    "Raw/Local/CSV/Movies/2026/01/05/movies.csv ",
    "Raw/Local/CSV/Movies/2026/01/05/movies.txt",
    "Raw/Local/CSV/Movies/2026/01/05/filmes.csv",
    "Raw/Local/CSV/Movies/2026/01/movies.csv",
    "Raw/Local/CSV/Movies/2026/01/05/05/movies.csv",
    "Raw/Local/CSV/Movies/2026-01-05/movies.csv",
    "Raw/Local/CSV/Movies/05/01/2026/movies.csv",
    "Raw/Local/CSV/Movies/2026/02/30/movies.csv",
    "Raw/Local/CSV/Movies//2026/01/05/movies.csv",
    "Raw/Local/CSV/Movies/movies.csv",
    "Raw/Local/CSV/movies/2026/01/05/movies.csv",
    "raw/local/csv/movies/2026/01/05/titles.csv",
    "Raw/Local/CSV/2026/01/05/movies.csv",
    "/Raw/Local/CSV/Movies/2026/01/05/movies.csv",
    "movies.csv",
  ])("was meant as an input key: %s", (key) => {
    expect(missesInputKey(key)).toBe(true);
  });

  test.each([
    "Raw/Local/CSV/Movies/2026/01/05/movies.csv",
    "Raw/Local/CSV/Movies/2026/01/05/",
    "Raw/Local/CSV/Movies/2026/01/05/_SUCCESS",
    "Raw/Local/CSV/Movies/2026/01/05/README.md",
    "Raw/Local/CSV/Series/2026/01/05/series.csv",
    "Raw/TMDB/JSON/Movies/2026/01/05/movies.csv",
    "Raw/TMDB/JSON/Movies/2026/01/05/lote_1.json",
  ])("is not taken for one that missed: %s", (key) => {
    expect(missesInputKey(key)).toBe(false);
  });

  test.each([
    "2026/1/5/movies.csv",
    "2026-01-05/movies.csv",
    "20260105/movies.csv",
    "05012026/movies.csv",
    "05/01/2026/movies.csv",
    "01-05-2026/movies.csv",
    "year=2026/month=01/day=05/movies.csv",
    "2026/01/05/5/movies (1).csv",
    "movies_2026-01-05.csv",
  ])("names the day it means in another way: %s", (name) => {
    expect(dateInKey(`Raw/Local/CSV/Movies/${name}`, "2026/01/05")).toBe(true);
    expect(dateInKey(`Raw/Local/CSV/Movies/${name}`, "2026/01/06")).toBe(false);
  });

  test.each(["movies.csv", "2026/01/movies.csv", "2026/02/30/movies.csv", "1/2/3/movies.csv"])(
    "names no day: %s",
    (name) => {
      expect(dateInKey(`Raw/Local/CSV/Movies/${name}`, "2026/01/05")).toBeUndefined();
    },
  );
});

describe("a date", () => {
  test.each(["2026/11/23", "2024/02/29", "2000/02/29", "2026/01/01", "2026/12/31"])("%s is a day", (text) => {
    expect(isRunDate(text)).toBe(true);
  });

  test.each([
    ["impossible in its month", "2026/02/29"],
    ["impossible in its month", "2026/02/30"],
    ["impossible in its month", "2026/04/31"],
    ["impossible in a century", "1900/02/29"],
    ["of no month", "2026/13/01"],
    ["of no month", "2026/00/01"],
    ["of no day", "2026/01/00"],
    ["of no day", "2026/01/32"],
    ["without zeros", "2026/1/1"],
    ["with dashes", "2026-11-23"],
    ["with a day's time", "2026/11/23T00:00:00Z"],
    ["with a line end", "2026/11/23\n"],
    ["with a space", " 2026/11/23"],
    ["that climbs", "../../../etc"],
    ["that is empty", ""],
  ])("%s is none: %j", (_, text) => {
    expect(isRunDate(text)).toBe(false);
  });

  test("is the day in UTC, padded with zeros", () => {
    expect(utcDate(new Date("2026-03-09T23:59:59.999Z"))).toBe("2026/03/09");
    expect(utcDate(new Date("2026-03-09T23:30:00-03:00"))).toBe("2026/03/10");
    expect(utcDate(new Date("2026-03-10T01:00:00+09:00"))).toBe("2026/03/09");
  });
});

describe("a lote's key", () => {
  test.each([1, 9, 10, 100, 12_345])("tells its number: %i", (lote) => {
    expect(loteOfKey(loteKey(DATE, lote))).toBe(lote);
  });

  test.each([
    "lote_0.json",
    "lote_01.json",
    "lote_-1.json",
    "lote_1.5.json",
    "lote_.json",
    "lote_1.json.bak",
    "lote_x.json",
    "my_lote_1.json",
    "erros_geral.json",
    "_run.json",
  ])("is none when the file is called %s", (name) => {
    expect(loteOfKey(`${outputPrefix(DATE)}${name}`)).toBeUndefined();
  });
});
