import { readFile } from "node:fs/promises";
import { MOVIE_COLUMNS } from "@lotes/core/dataset/movie-record";
import { LEDGER_COLUMNS } from "@lotes/core/files/ledger-entry";
import { describe, expect, test } from "vitest";
import { resourceOf, resourcesOf, type StackGraph } from "./support/stack-graph.ts";
import { evaluatedStages } from "./support/stages.ts";

const stages = await evaluatedStages();

interface Column {
  readonly name: string;
  readonly type: string;
}

const DATE = [
  { name: "ano", type: "int" },
  { name: "mes", type: "int" },
  { name: "dia", type: "int" },
];
const HIVE = { text: "string", whole: "bigint", decimal: "double", flag: "boolean" };
const hive = (columns: Readonly<Record<string, keyof typeof HIVE>>): Column[] =>
  Object.entries(columns).map(([name, type]) => ({ name, type: HIVE[type] }));

const columnsOf = (inputs: Readonly<Record<string, unknown>>) =>
  (inputs.storageDescriptor as { columns: Column[] }).columns;

/** What Athena reads of a view. */
function viewIn(graph: StackGraph, name: string) {
  const inputs = resourceOf(graph, "CatalogTable", `View${name}`);
  const [, base64 = ""] = /^\/\* Presto View: (\S+) \*\/$/.exec(inputs.viewOriginalText as string) ?? [];
  const view = JSON.parse(Buffer.from(base64, "base64").toString()) as {
    readonly originalSql: string;
    readonly catalog: string;
    readonly schema: string;
    readonly columns: Column[];
  };
  return { inputs, view };
}

/** Which of the keys have lines in the view. */
function filesOf(sql: string, keys: readonly string[]): string[] {
  const pattern = new RegExp(/regexp_like\("\$path", '(.*)'\)$/.exec(sql)?.[1] ?? "$^");
  return keys.filter((key) => pattern.test(`s3://the-lake/${key}`));
}

/** A statement's properties in the order in which the graph has them. */
const sorted = (properties: string) => properties.split(", ").sort().join(", ");

/** The statement that makes a table, with the bucket's name as the documents have it. */
function ddlOf({ name, partitionKeys, parameters, storageDescriptor }: Readonly<Record<string, unknown>>): string {
  const { columns, location, serDeInfo } = storageDescriptor as {
    readonly columns: Column[];
    readonly location: string;
    readonly serDeInfo: { readonly serializationLibrary: string };
  };
  const list = (each: readonly Column[]) => each.map((column) => `${column.name} ${column.type}`).join(", ");
  // Athena adds this one itself.
  const { EXTERNAL, ...properties } = parameters as Record<string, string>;
  expect(EXTERNAL).toBe("TRUE");
  return [
    `CREATE EXTERNAL TABLE ${name} ( ${list(columns)} )`,
    `PARTITIONED BY (${list(partitionKeys as Column[])})`,
    `ROW FORMAT SERDE '${serDeInfo.serializationLibrary}'`,
    `LOCATION '${location}'`,
    `TBLPROPERTIES ( ${Object.entries(properties)
      .map(([property, value]) => `'${property}' = '${value}'`)
      .join(", ")} )`,
  ]
    .join(" ")
    .replaceAll(/s3:\/\/[^/]+\//g, "s3://the-lake/");
}

describe("the table of all lines", () => {
  test.each(["dev", "prod", "lake"] as const)("is over the folders of the dates in the bucket of %s", (stage) => {
    const graph = stages[stage];
    const bucket = graph.outputs.bucket as string;
    const database = resourceOf(graph, "CatalogDatabase");
    expect(database.name).toBe(stage === "dev" ? "lotes_dev" : "lotes_prod");
    expect(resourceOf(graph, "CatalogTable", "AllLines")).toMatchObject({
      databaseName: database.name,
      tableType: "EXTERNAL_TABLE",
      storageDescriptor: {
        location: `s3://${bucket}/Raw/TMDB/JSON/Movies/`,
        serDeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
      },
    });
  });

  test("finds a date by the numbers in its key, without a crawler", () => {
    const { parameters, partitionKeys } = resourceOf(stages.prod, "CatalogTable", "AllLines");
    expect(partitionKeys).toEqual(DATE);
    const told = parameters as Record<string, string>;
    const template = told["storage.location.template"] ?? "";
    const parts = Object.entries({ ano: 2026, mes: 3, dia: 9 }).map(([name, value]): [string, string] => {
      expect(told[`projection.${name}.type`]).toBe("integer");
      const [from, to] = (told[`projection.${name}.range`] ?? "").split(",").map(Number);
      expect(value).toBeGreaterThanOrEqual(from ?? Number.NaN);
      expect(value).toBeLessThanOrEqual(to ?? Number.NaN);
      return [name, String(value).padStart(Number(told[`projection.${name}.digits`]), "0")];
    });
    expect(told["projection.enabled"]).toBe("true");
    expect(parts.reduce((path, [name, value]) => path.replace(`\${${name}}`, value), template)).toBe(
      `s3://${stages.prod.outputs.bucket}/Raw/TMDB/JSON/Movies/2026/03/09/`,
    );
  });

  test("has the attributes of a record and of a failure, each once, in the types in which they are written", () => {
    expect(columnsOf(resourceOf(stages.prod, "CatalogTable", "AllLines"))).toEqual(
      hive({ ...MOVIE_COLUMNS, ...LEDGER_COLUMNS }),
    );
  });
});

describe("what Athena shows", () => {
  const FOLDER = "Raw/TMDB/JSON/Movies/2026/11/23/";
  const LOTES = ["lote_1.json", "lote_10.json"].map((name) => FOLDER + name);
  const LEDGER = `${FOLDER}erros_geral.json`;
  const OTHERS = [
    `${FOLDER}_run.json`,
    `${FOLDER}_manifest.json`,
    `${FOLDER}_erros_3.json`,
    `${FOLDER}lote_1.json.bak`,
    `${FOLDER}lote_1 (1).json`,
    `${FOLDER}lote_0.json`,
    `${FOLDER}copies/lote_1.json`,
    `${FOLDER}copies/erros_geral.json`,
    "Raw/TMDB/JSON/Series/2026/11/23/lote_1.json",
  ];

  test.each([
    ["movies", MOVIE_COLUMNS, LOTES],
    ["failures", LEDGER_COLUMNS, [LEDGER]],
  ] as const)("as %s are the lines of just their files, in their types", (name, attributes, files) => {
    const { inputs, view } = viewIn(stages.prod, name);
    expect(inputs).toMatchObject({
      name,
      databaseName: "lotes_prod",
      tableType: "VIRTUAL_VIEW",
      parameters: { presto_view: "true" },
      viewExpandedText: "/* Presto View */",
    });
    expect(view).toMatchObject({ catalog: "awsdatacatalog", schema: "lotes_prod" });
    expect(filesOf(view.originalSql, [...LOTES, LEDGER, ...OTHERS])).toEqual(files);
    const columns = [...hive(attributes), ...DATE];
    expect(columnsOf(inputs)).toEqual(columns);
    const presto = (type: string) => ({ string: "varchar", int: "integer" })[type] ?? type;
    expect(view.columns).toEqual(columns.map(({ name, type }) => ({ name, type: presto(type) })));
    const selected = /^SELECT (.*) FROM all_lines WHERE /.exec(view.originalSql)?.[1]?.split(", ");
    expect(selected).toEqual(columns.map(({ name }) => name));
  });

  test("is what docs/reading.md makes by Athena's own statements", async () => {
    const document = await readFile(new URL("../../docs/reading.md", import.meta.url), "utf8");
    const [, statements = ""] = /\n## Athena\n.*?```sql\n(.*?)```/s.exec(document) ?? [];
    const [table, ...views] = statements
      .replaceAll(/\s+/g, " ")
      .split(";")
      .map((each) => each.trim());
    expect(table?.replace(/(?<=TBLPROPERTIES \( ).*(?= \)$)/, sorted)).toBe(
      ddlOf(resourceOf(stages.lake, "CatalogTable", "AllLines")),
    );
    const made = ["movies", "failures"].map((name) => {
      return `CREATE VIEW ${name} AS ${viewIn(stages.lake, name).view.originalSql}`;
    });
    expect(views).toEqual([...made, ""]);
  });

  test("is nothing where GLUE is false", () => {
    expect(resourcesOf(stages.told, "CatalogDatabase")).toEqual([]);
    expect(resourcesOf(stages.told, "CatalogTable")).toEqual([]);
  });
});
