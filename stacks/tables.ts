import type { ColumnType } from "@lotes/core/column-type";
import { MOVIE_COLUMNS } from "@lotes/core/dataset/movie-record";
import { OUTPUT_PREFIX } from "@lotes/core/dataset/movies";
import { LEDGER_COLUMNS } from "@lotes/core/files/ledger-entry";
import { stageName } from "./names.ts";
import type { DeploymentSettings } from "./settings.ts";

type Columns = Readonly<Record<string, ColumnType | "date part">>;

/** The table over everything that lies in the folders of the dates. */
const LINES = "all_lines";
// Athena keeps a table's types in Hive's names, and a view's in its own.
const HIVE = { text: "string", whole: "bigint", decimal: "double", flag: "boolean", "date part": "int" } as const;
const ATHENA = { ...HIVE, text: "varchar", "date part": "integer" } as const;

const DATE = { ano: "date part", mes: "date part", dia: "date part" } as const;
// Athena lists each date that a query leaves possible. A century of them is what it may list where a query names no date.
const PROJECTION = {
  "projection.enabled": "true",
  ...projected("ano", "2000,2099", 4),
  ...projected("mes", "1,12", 2),
  ...projected("dia", "1,31", 2),
} as const;

/** What Athena shows: a name, its columns, and the names of the files that have its lines, as a regular expression. */
interface View {
  readonly name: string;
  readonly description: string;
  readonly columns: Columns;
  readonly files: string;
}

const VIEWS: readonly View[] = [
  {
    name: "movies",
    description: "The records of all lotes, without the failures that lie beside them",
    columns: MOVIE_COLUMNS,
    files: "lote_[1-9][0-9]*",
  },
  {
    name: "failures",
    description: "The lines of erros_geral.json: each id without a record, and why",
    columns: LEDGER_COLUMNS,
    files: "erros_geral",
  },
];

/**
 * A Glue database for the stage, where Athena finds `movies` and `failures`. A table of Athena's is over a whole folder, and both lie in one:
 * so there is one table over all lines, and a view for each of the two. Files whose name begins with `_` are hidden from Athena.
 */
export function tables(dataLake: sst.aws.Bucket, { hasTables }: DeploymentSettings): void {
  if (!hasTables) return;
  const database = new aws.glue.CatalogDatabase("Catalog", {
    // Athena takes small letters, digits and underscores.
    name: stageName().replaceAll("-", "_").toLowerCase(),
    description: "What TMDB knows of the movies in movies.csv",
  });
  const lines = lineTable(dataLake, database);
  for (const view of VIEWS) createView(view, database, lines);
}

function lineTable(dataLake: sst.aws.Bucket, database: aws.glue.CatalogDatabase): aws.glue.CatalogTable {
  const location = $interpolate`s3://${dataLake.name}/${OUTPUT_PREFIX}`;
  return new aws.glue.CatalogTable("AllLines", {
    databaseName: database.name,
    name: LINES,
    description: "Every line of the lotes' files and of erros_geral.json; query movies and failures instead",
    tableType: "EXTERNAL_TABLE",
    partitionKeys: named(DATE, HIVE),
    parameters: {
      EXTERNAL: "TRUE",
      classification: "json",
      ...PROJECTION,
      "storage.location.template": $interpolate`${location}\${ano}/\${mes}/\${dia}/`,
    },
    storageDescriptor: {
      location,
      inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
      serDeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
      columns: named({ ...MOVIE_COLUMNS, ...LEDGER_COLUMNS }, HIVE),
    },
  });
}

/** A view as Athena itself puts it into the catalog: its query and its columns in a comment. */
function createView(view: View, database: aws.glue.CatalogDatabase, lines: aws.glue.CatalogTable): void {
  const columns = { ...view.columns, ...DATE };
  const definition = database.name.apply((schema) =>
    JSON.stringify({
      originalSql: queryOf(view),
      catalog: "awsdatacatalog",
      schema,
      columns: named(columns, ATHENA),
    }),
  );
  new aws.glue.CatalogTable(
    `View${view.name}`,
    {
      databaseName: database.name,
      name: view.name,
      description: view.description,
      tableType: "VIRTUAL_VIEW",
      parameters: { presto_view: "true", comment: "Presto View" },
      viewOriginalText: definition.apply((json) => `/* Presto View: ${Buffer.from(json).toString("base64")} */`),
      viewExpandedText: "/* Presto View */",
      storageDescriptor: { columns: named(columns, HIVE) },
    },
    { dependsOn: lines },
  );
}

/** Copies in other folders don't count, nor files that somebody has put beside the pipeline's. */
function queryOf({ columns, files }: View): string {
  const names = Object.keys({ ...columns, ...DATE }).join(", ");
  const pattern = `/${OUTPUT_PREFIX}[0-9]{4}/[0-9]{2}/[0-9]{2}/${files}\\.json$`;
  return `SELECT ${names} FROM ${LINES} WHERE regexp_like("$path", '${pattern}')`;
}

function named(columns: Columns, types: Readonly<Record<Columns[string], string>>): { name: string; type: string }[] {
  return Object.entries(columns).map(([name, type]) => ({ name, type: types[type] }));
}

/** @param digits with zeros in front, as the keys have them */
function projected(name: string, range: string, digits: number): Record<string, string> {
  return {
    [`projection.${name}.type`]: "integer",
    [`projection.${name}.range`]: range,
    [`projection.${name}.digits`]: String(digits),
  };
}
