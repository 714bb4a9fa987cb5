import { beforeEach, describe, expect, test } from "vitest";
import { inputKey, loteKey } from "../src/dataset/keys.ts";
import { misplacedInputs } from "../src/operator/misplaced-inputs.ts";
import { MemoryStore } from "./support/memory-store.ts";

const DATE = "2026/01/05";
const NOW = new Date("2026-01-05T12:00:00Z");
const FOLDER = "Raw/Local/CSV/Movies/";

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
  store.now = () => NOW;
});

const drop = (key: string) => store.overwrite(key, "id|anoLancamento|genero|numeroVotos\n");
const found = async (date = DATE) => (await misplacedInputs(store, date, NOW)).map(({ key }) => key);

describe("a CSV that lies where no run begins", () => {
  test.each([
    `${FOLDER}2026/1/5/movies.csv`,
    `${FOLDER}2026/01/05/Movies.csv`,
    `${FOLDER}2026/01/05/movies.CSV`,
    `${FOLDER}2026/01/05/movies.csv.gz`,
    `${FOLDER}2026/01/movies.csv`,
    `${FOLDER}2026/01/05/old/movies.csv`,
    `${FOLDER}old/2026/01/05/movies.csv`,
    `${FOLDER}05-01-2026/movies.csv`,
    `${FOLDER}movies.csv`,
    `${FOLDER}/2026/01/05/movies.csv`,
    `/${FOLDER}2026/01/05/movies.csv`,
    "Raw//Local/CSV/Movies/2026/01/05/movies.csv",
    "Raw\\Local\\CSV\\Movies\\2026\\01\\05\\movies.csv",
    "Raw/Local/CSV/movies/2026/01/05/movies.csv",
    "raw/local/csv/movies/2026/01/05/movies.csv",
    "Raw/Local/CSV/2026/01/05/movies.csv",
    "Raw/CSV/Movies/2026/01/05/movies.csv",
    "Movies/2026/01/05/movies.csv",
    "Raw/Local/CSV/movies.csv",
    "movies.csv",
  ])("is found: %s", async (key) => {
    await drop(key);
    expect(await misplacedInputs(store, DATE, NOW)).toEqual([{ key, modifiedAt: NOW, expectedKey: inputKey(DATE) }]);
  });

  test("is not told for another date, nor when it names none and is old", async () => {
    await drop(`${FOLDER}2026/1/6/movies.csv`);
    store.now = () => new Date(NOW.getTime() - 49 * 3_600_000);
    await drop(`${FOLDER}movies.csv`);
    expect(await found()).toEqual([]);
    expect(await found("2026/01/06")).toEqual([`${FOLDER}2026/1/6/movies.csv`]);
  });

  test("is told with the newest first, beside the right one and what others keep there", async () => {
    await drop(inputKey(DATE));
    await drop(`${FOLDER}2026/01/05/_SUCCESS`);
    await drop("Raw/Local/CSV/Series/2026/01/05/series.csv");
    await drop(`${FOLDER}2026/01/05/Movies.csv`);
    store.now = () => new Date(NOW.getTime() + 1000);
    await drop(`${FOLDER}2026/1/5/movies.csv`);
    expect(await found()).toEqual([`${FOLDER}2026/1/5/movies.csv`, `${FOLDER}2026/01/05/Movies.csv`]);
  });
});

describe("looking for it", () => {
  test("takes six requests in a bucket that is as it should be, and reads no list of lotes or of other years", async () => {
    for (const year of [2023, 2024, 2025, 2026]) await drop(inputKey(`${year}/01/05`));
    for (let lote = 1; lote < 20; lote++) await drop(loteKey(DATE, lote));
    await found();
    expect(store.listings).toEqual(["", "Raw/", "Raw/Local/", "Raw/Local/CSV/", FOLDER, `${FOLDER}2026/`]);
  });

  test("ends in a bucket full of folders that look alike", async () => {
    for (let index = 0; index < 100; index++) await drop(`${FOLDER}backup-${index}/titles.csv`);
    await found();
    expect(store.listings).toHaveLength(24);
  });
});
