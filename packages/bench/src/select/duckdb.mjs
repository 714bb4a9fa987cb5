// The same with DuckDB: the CSV, the number of threads, and the folder in which it is installed.
import { createRequire } from "node:module";

const [, , csv, threads, folder] = process.argv;
const { DuckDBInstance } = createRequire(`${folder}/`)("@duckdb/node-api");
const database = await DuckDBInstance.create(":memory:", { threads });
const connection = await database.connect();
const found = await connection.runAndReadAll(`
  SELECT id FROM (
    SELECT id, row_number() OVER () AS line
    FROM read_csv('${csv}', delim = '|', header = true, quote = '', escape = '', all_varchar = true, ignore_errors = true)
    WHERE try_cast(numeroVotos AS DOUBLE) > 10000 AND try_cast(anoLancamento AS DOUBLE) > 1960
      AND (contains(lower(genero), 'crime') OR contains(lower(genero), 'war'))
  ) GROUP BY id ORDER BY min(line)`);
process.stdout.write(JSON.stringify({ ids: found.currentRowCount, maxRssKiB: process.resourceUsage().maxRSS }));
