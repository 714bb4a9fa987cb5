import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, test } from "vitest";
import type { ColumnType } from "../src/column-type.ts";
import { inputKey, manifestKey, outputPrefix } from "../src/dataset/keys.ts";
import { MOVIE_COLUMNS, type MovieRecord } from "../src/dataset/movie-record.ts";
import { LEDGER_COLUMNS } from "../src/files/ledger-entry.ts";
import { loteObject } from "../src/files/lote-file.ts";
import { type Manifest, parseManifest } from "../src/files/manifest.ts";
import { collect } from "../src/stages/collect.ts";
import { consumeLote } from "../src/stages/consume.ts";
import { parseMessage } from "../src/stages/message.ts";
import { produce } from "../src/stages/produce.ts";
import { outcomeOf } from "./support/background.ts";
import { csv, FILTER, row } from "./support/csv.ts";
import { FakeMovies } from "./support/fake-movies.ts";
import { MemoryQueue } from "./support/memory-queue.ts";
import { MemoryStore } from "./support/memory-store.ts";
import { movieIds, movieRecord } from "./support/movies.ts";
import { QUIET } from "./support/quiet.ts";

const DOCUMENT = await readFile(new URL("../../../docs/reading.md", import.meta.url), "utf8");
const DATE = "2026/11/23";
const LOTE_SIZE = 2;
// DuckDB looks at the first 32 files.
const LOTES = 36;
const UNKNOWN = movieIds(3 + LOTE_SIZE * LOTES).slice(-3);
const IDS = [...movieIds(LOTE_SIZE * LOTES), ...UNKNOWN];

// They stand in a folder of their own, without types for the compiler.
const reader = createRequire(await outcomeOf<string>(inject("readers")));
const POLARS = pathToFileURL(reader.resolve("nodejs-polars")).href;

const lake = await mkdtemp(join(tmpdir(), "lotes-lake-"));
afterAll(() => rm(lake, { recursive: true }));
const { manifest, records } = await settledRun();

/** What TMDB knows. A reader that guesses is misled by the first lotes, and meets other values only in the last one. */
function movie(id: string): MovieRecord {
  const place = IDS.indexOf(id);
  const isLast = place >= LOTE_SIZE * (LOTES - 1);
  const titles = ["1917", "2012", "2001-01-01"];
  const unknown = { runtime: null, release_date: null, budget: null, revenue: null, vote_count: null };
  return isLast
    ? movieRecord(id, { title: "Cidade de Deus", popularity: 12.5, vote_average: 6.689, budget: 2 ** 53 - 1 })
    : movieRecord(id, { title: titles[place % 3] ?? null, popularity: 8, vote_average: 7, ...unknown });
}

/** Has the pipeline run, and copies what it left behind into the lake. */
async function settledRun(): Promise<{ manifest: Manifest; records: MovieRecord[] }> {
  const store = new MemoryStore();
  const [loteQueue, deadLetterQueue] = [new MemoryQueue(), new MemoryQueue()];
  const key = inputKey(DATE);
  await store.overwrite(key, csv(...IDS.map((id) => row({ id }))));
  const source = { bucket: "the-lake", key, etag: (await store.get(key))?.etag ?? "", size: 1, sequencer: "01" };
  const settings = { filter: FILTER, loteSize: LOTE_SIZE, maxMalformedPercent: 1 };
  await produce(source, DATE, { ...QUIET, store, loteQueue, deadLetterQueue, ...settings });
  const unknown = { failure: { reason: "not_found", status: 404, message: "2001-01-01" } } as const;
  const movies = new FakeMovies((id) => (UNKNOWN.includes(id) ? unknown : { record: movie(id) }));
  for (const { body } of loteQueue.take()) {
    const delivery = { receiveCount: 1, sentAt: new Date(0) };
    await consumeLote(parseMessage(body), delivery, performance.now() + 60_000, {
      ...QUIET,
      store,
      deadLetterQueue,
      movies,
    });
  }
  const letters = deadLetterQueue.take().map(({ body }) => ({ body, sentAt: new Date() }));
  await Promise.all(collect(letters, { ...QUIET, store, deadLetterQueue }));
  // As of a large run that is under way.
  await store.overwrite(`${outputPrefix(DATE)}_erros_1.json`, "{}\n");
  for await (const { key } of store.list(outputPrefix(DATE))) {
    await mkdir(dirname(join(lake, key)), { recursive: true });
    await writeFile(join(lake, key), (await store.get(key))?.body ?? "");
  }
  return {
    manifest: parseManifest({ body: (await store.get(manifestKey(DATE)))?.body ?? "" }),
    records: IDS.filter((id) => !UNKNOWN.includes(id)).map(movie),
  };
}

/** The code of a section in one language, with the lake in the bucket's place. */
function snippet(section: string, language: string): string {
  const [, text = ""] = DOCUMENT.split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  const blocks = [...own.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code);
  if (blocks.length !== 1) throw new Error(`${section} has ${blocks.length} blocks of ${language}`);
  return blocks.join("").replaceAll("s3://the-lake/", `${lake}/`);
}

const typed = (columns: Readonly<Record<string, ColumnType>>, types: Readonly<Record<ColumnType, string>>) =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, types[type]]));

/** A row of DuckDB's, with numbers in the place of its 64-bit integers. */
function withNumbers(found: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const number = (value: unknown) => (typeof value === "bigint" ? Number(value) : value);
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, number(value)]));
}

test("the run that is read has more files than DuckDB looks at, and failures beside them", () => {
  expect(manifest).toMatchObject({ stored: IDS.length - 3, failed: 3 });
  expect(manifest.files).toHaveLength(LOTES);
});

test("docs/reading.md tells the type of each field", () => {
  const words = { text: "text", whole: "whole number", decimal: "decimal number", flag: "flag" };
  const [, section = ""] = DOCUMENT.split("\n## The types\n");
  const tables = section.split("\n## ")[0]?.split("| field of a ").slice(1) ?? [];
  const told = tables.map((table) =>
    Object.fromEntries([...table.matchAll(/^\| `(\w+)` \| ([^|]*) \|/gm)].map(([, name, type]) => [name, type])),
  );
  expect(told).toEqual([typed(MOVIE_COLUMNS, words), typed(LEDGER_COLUMNS, words)]);
});

describe("DuckDB", async () => {
  const types = { text: "VARCHAR", whole: "BIGINT", decimal: "DOUBLE", flag: "BOOLEAN" };
  const { DuckDBInstance } = reader("@duckdb/node-api");
  const duckdb = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  afterAll(() => duckdb.closeSync());
  const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await duckdb.runAndReadAll(sql)).getRowObjectsJS().map(withNumbers);

  test("reads the movies and the failures apart, in their types", async () => {
    await duckdb.run(snippet("DuckDB", "sql"));
    for (const [view, columns] of Object.entries({ movies: MOVIE_COLUMNS, failures: LEDGER_COLUMNS })) {
      const described = (await rows(`DESCRIBE ${view}`)).map((each) => [each.column_name, each.column_type]);
      expect(Object.fromEntries(described)).toEqual(typed(columns, types));
    }
    expect(await rows("SELECT * FROM movies ORDER BY id")).toEqual(records);
    expect(await rows("SELECT count(*) AS count FROM movies")).toEqual([{ count: manifest.stored }]);
    expect(await rows("SELECT imdb_id, message FROM failures ORDER BY imdb_id")).toEqual(
      UNKNOWN.map((imdb_id) => ({ imdb_id, message: "2001-01-01" })),
    );
  });

  test("tells that the date is complete", async () => {
    const { stored, failed } = manifest;
    expect(await rows(snippet("Is it complete?", "sql"))).toEqual([{ is_complete: true, stored, failed }]);
  });

  test("keeps a fraction that it meets late also where it guesses the types", async () => {
    const files = join(lake, outputPrefix(DATE), "lote_*.json");
    expect(await rows(`SELECT max(popularity) AS most FROM read_json('${files}')`)).toEqual([{ most: 12.5 }]);
  });
});

test("polars in Node reads the movies and the failures apart, in their types", async () => {
  const types = { text: "String", whole: "Int64", decimal: "Float64", flag: "Bool" };
  const script = join(lake, "polars.mjs");
  const code = snippet("polars", "js").replace('"nodejs-polars"', JSON.stringify(POLARS));
  await writeFile(script, `${code}\nexport const frames = [movies.collectSync(), failures.collectSync()];\n`);
  const { frames } = await import(pathToFileURL(script).href);
  const [movies, failures] = frames;
  const typesOf = (frame: { schema: Record<string, { variant: string }> }) =>
    Object.fromEntries(Object.entries(frame.schema).map(([name, { variant }]) => [name, variant]));
  expect([typesOf(movies), typesOf(failures)]).toEqual([typed(MOVIE_COLUMNS, types), typed(LEDGER_COLUMNS, types)]);
  expect(movies.height).toBe(manifest.stored);
  expect(movies.sort("id").getColumn("popularity").toArray()).toEqual(records.map(({ popularity }) => popularity));
  expect(movies.sort("id").getColumn("title").toArray()).toEqual(records.map(({ title }) => title));
  expect(failures.sort("imdb_id").getColumn("imdb_id").toArray()).toEqual(UNKNOWN);
});

test("polars keeps a fraction that it meets in a later file also where it guesses the types", async () => {
  const folder = join(lake, "guessed");
  await mkdir(folder);
  for (const [lote, popularity] of [8, 6.689].entries()) {
    const [id = ""] = IDS;
    const record = movieRecord(id, { popularity });
    const { body } = loteObject({ run: manifest.run, ids: [id], records: new Map([[id, record]]) });
    await writeFile(join(folder, `lote_${lote}.json`), body);
  }
  const { default: polars } = await import(POLARS);
  const frame = polars.scanJson(join(folder, "*.json")).collectSync();
  expect(frame.getColumn("popularity").toArray()).toEqual([8, 6.689]);
});

/** What is printed of the two frames: their types, and of their rows what would be read wrong first. */
const PYTHON = {
  polars: {
    before: "",
    after: `
m, f = movies.collect().sort("id"), failures.collect().sort("imdb_id")
told = [dict(m.schema), dict(f.schema), m["title"].to_list(), m["popularity"].to_list(), f["imdb_id"].to_list()]`,
    types: { text: "String", whole: "Int64", decimal: "Float64", flag: "Boolean" },
  },
  pandas: {
    before: "",
    after: `
m, f = movies.sort_values("id"), failures.sort_values("imdb_id")
told = [dict(m.dtypes), dict(f.dtypes), m.title.tolist(), m.popularity.tolist(), f.imdb_id.tolist()]`,
    types: { text: "string", whole: "Int64", decimal: "float64", flag: "boolean" },
  },
  pyspark: {
    before: `
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
`,
    after: `
m, f = movies.orderBy("id").collect(), failures.orderBy("imdb_id").collect()
told = [dict(movies.dtypes), dict(failures.dtypes), [r.title for r in m], [r.popularity for r in m], [r.imdb_id for r in f]]`,
    types: { text: "string", whole: "bigint", decimal: "double", flag: "boolean" },
  },
} as const;

const python = async (code: string) => (await promisify(execFile)("python3", ["-c", code])).stdout;
const names = Object.keys(PYTHON) as (keyof typeof PYTHON)[];
const missing = await missingInPython();
if (missing.length > 0) {
  process.stderr.write(
    `Left out, since python3 does not have them: the tests of reading with ${missing.join(", ")}.\n`,
  );
}

async function missingInPython(): Promise<string[]> {
  // Spark needs Java besides.
  const code = `
import os, shutil
from importlib.util import find_spec
java = shutil.which("java") or os.environ.get("JAVA_HOME")
print(*[n for n in "${names.join(" ")}".split() if not find_spec(n) or (n == "pyspark" and not java)])`;
  const found = await python(code).catch(() => names.join(" "));
  return found.split(/\s+/).filter((name) => name !== "");
}

test.for(names)("%s in Python reads the movies and the failures apart, in their types", async (name, { skip }) => {
  skip(missing.includes(name), "python3 does not have it");
  const { before, after, types } = PYTHON[name];
  const code = before + snippet(name.replace("py", "").replace("spark", "Spark"), "python") + after;
  const printed = await python(`${code}\nimport json\nprint(json.dumps(told, default=str))`);
  const [ofMovies, ofFailures, titles, popularity, failed] = JSON.parse(printed.trim().split("\n").at(-1) ?? "");
  expect(ofMovies).toEqual(typed(MOVIE_COLUMNS, types));
  // pandas makes instants of some texts, and knows only the columns that occur.
  const { first_failed_at, last_failed_at, ...others } = ofFailures;
  expect(typed(LEDGER_COLUMNS, types)).toMatchObject(others);
  const instant = name === "pandas" ? /^datetime64/ : /^string$/i;
  for (const type of [first_failed_at, last_failed_at]) expect(type).toMatch(instant);
  expect(titles).toEqual(records.map(({ title }) => title));
  expect(titles).toHaveLength(manifest.stored);
  expect(popularity).toEqual(records.map((record) => record.popularity));
  expect(failed).toEqual(UNKNOWN);
});
