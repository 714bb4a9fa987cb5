// The same with polars, lazily: the CSV, the number of threads, and the folder in which it is installed.
import { createRequire } from "node:module";

const [, , csv, threads, folder] = process.argv;
process.env.POLARS_MAX_THREADS = threads;
const { default: pl } = createRequire(`${folder}/`)("nodejs-polars");
const number = (column) => pl.col(column).cast(pl.Float64, false);
const found = pl
  // It has no way to switch quoting off: a character that no CSV holds comes next to it.
  .scanCSV(csv, { sep: "|", quoteChar: "\u0001", inferSchemaLength: 0, truncateRaggedLines: true })
  .filter(
    number("numeroVotos")
      .gt(10_000)
      .and(number("anoLancamento").gt(1960))
      .and(pl.col("genero").str.toLowerCase().str.contains("crime|war")),
  )
  .select("id")
  .collectSync();
const ids = found.unique({ maintainOrder: true }).height;
process.stdout.write(JSON.stringify({ ids, maxRssKiB: process.resourceUsage().maxRSS }));
