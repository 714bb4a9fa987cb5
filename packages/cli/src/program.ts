import { isRunDate } from "@lotes/core/keys";
import { MOST_SAMPLE_ROWS } from "@lotes/local/sample/sample-csv";
import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_SEED, MOST_SEED, START_ROWS } from "./sample-defaults.ts";

/** The commands, their arguments and their help. What they do is loaded when they are called. */
export function program(): Command {
  const lotes = new Command("lotes")
    .description("Turns movies.csv into TMDB records, lote by lote, and loses nothing on the way.")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText(
      "after",
      `
Settings come from the environment or from .env:
  TMDB_TOKEN, TMDB_BASE_URL, TMDB_LANGUAGE, TMDB_REQUESTS_PER_SECOND, CONSUMER_CONCURRENCY,
  MIN_YEAR, MIN_VOTES, GENRES, LOTE_SIZE
Without TMDB_TOKEN, a stand-in on this machine answers in TMDB's place.`,
    );

  lotes
    .command("run")
    .description("run the whole pipeline on this machine: drop the CSV, fetch its movies, copy the result")
    .argument("[movies.csv]", `the CSV (default: a sample of ${START_ROWS.toLocaleString("en")} rows)`)
    .option("--date <yyyy/mm/dd>", "the date to drop it under (default: today)", runDate)
    .option("--out <dir>", "where to copy the date's files to", "out")
    .option("--json", "print one JSON document instead of the summary; progress stays on stderr")
    .addHelpText(
      "after",
      `
Examples:
  lotes run                              the sample, with a stand-in for TMDB
  lotes run movies.csv --out result      your own CSV
  TMDB_TOKEN=… lotes run movies.csv      with TMDB itself`,
    )
    .action(async (csv: string | undefined, options) => (await import("./commands/run.ts")).run(csv, options));

  lotes
    .command("sample")
    .description(
      "write a made CSV of the true shape to stdout: known films with true facts, and filler that is never selected",
    )
    .option("--rows <n>", "data rows", wholeNumber(MOST_SAMPLE_ROWS), START_ROWS)
    .option("--seed <n>", "another seed makes other filler", wholeNumber(MOST_SEED), DEFAULT_SEED)
    .addHelpText(
      "after",
      `
Example:
  lotes sample --rows 1000000 > movies.csv      about 165 MB`,
    )
    .action(async (options) => (await import("./commands/sample.ts")).sample(options));

  return lotes;
}

function runDate(text: string): string {
  if (!isRunDate(text)) throw new InvalidArgumentError("It must be a day as yyyy/mm/dd, such as 2026/11/23.");
  return text;
}

function wholeNumber(most: number) {
  return (text: string): number => {
    if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}
