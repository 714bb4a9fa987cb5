import { MOST_SAMPLE_ROWS } from "@lotes/local/sample/most-sample-rows";
import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { wholeNumber } from "../options.ts";
import { DEFAULT_SEED, MOST_SEED, START_ROWS } from "../sample-defaults.ts";

/** Writes the sample to stdout. */
export function sample(program: Command): void {
  program
    .command("sample")
    .description("write a made-up CSV to stdout: known films with true facts, and made-up ones that are never selected")
    .option("--rows <n>", "data rows", wholeNumber(MOST_SAMPLE_ROWS), START_ROWS)
    .option("--seed <n>", "another seed makes up other films", wholeNumber(MOST_SEED), DEFAULT_SEED)
    .addHelpText(
      "after",
      `
Example:
  ${COMMAND} sample --rows 1000000 > movies.csv      about 165 MB`,
    )
    .action(async ({ rows, seed }) => {
      const { Readable } = await import("node:stream");
      const { pipeline } = await import("node:stream/promises");
      const { sampleCsv } = await import("@lotes/local/sample/sample-csv");

      await pipeline(Readable.from(sampleCsv({ rows, seed })), process.stdout);
    });
}
