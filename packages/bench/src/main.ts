#!/usr/bin/env node
import { endWithReaders } from "@lotes/node/readers";
import { Command } from "commander";
import { benchBudget } from "./budget.ts";
import { benchBundles } from "./bundles.ts";
import { benchCommands } from "./commands.ts";
import { benchCost, type CostOptions } from "./cost.ts";
import { benchEndToEnd, benchPage } from "./end-to-end.ts";
import { benchGrowth, GROWTH_IDS } from "./growth.ts";
import { benchReuse } from "./reuse.ts";
import { benchS3 } from "./s3.ts";
import { benchSelect } from "./select.ts";
import { size, sizes } from "./size.ts";

const growth = (ids: readonly number[] = GROWTH_IDS) => benchGrowth(ids);
const cost = (options?: CostOptions) => benchCost(options);

/** Each answers one question, and prints a table. */
const BENCHES: readonly [name: string, description: string, run: () => Promise<void>][] = [
  ["select", "how fast ids are selected from a CSV, beside pandas, DuckDB, polars and csv-parser alone", benchSelect],
  ["s3", "how fast a CSV is read from S3", benchS3],
  ["budget", "how much of TMDB's budget is used, and whether it is ever exceeded", benchBudget],
  ["end-to-end", "how long a run takes from the drop to the last file", benchEndToEnd],
  ["cost", "what a million ids cost on AWS, by the consumers' memory", cost],
  ["growth", "what each function does for 1,000 ids of a large run, beside a small one", growth],
  ["reuse", "how long the same ids take the next day, with a few new ones, beside an earlier build", benchReuse],
  ["commands", "how long a command takes from the shell's prompt, beside an earlier build", benchCommands],
  ["bundles", "how large the functions are as deployed, and how long they take to load", benchBundles],
];

const program = new Command("bench")
  .description("Measures the pipeline, and prints a table for each question; without a command, all of them")
  .action(async () => {
    for (const [name, description, run] of BENCHES) {
      process.stdout.write(`\n${name}: ${description}\n\n`);
      await run();
    }
  });
for (const [name, description, run] of BENCHES) {
  const command = program.command(name).description(description);
  if (run === growth) {
    command.option("--ids <sizes...>", "of the runs, the smallest first", sizes).action(({ ids }) => growth(ids));
  } else if (run === cost) {
    command
      .option("--mb <sizes...>", "of the consumers' memory", sizes)
      .option("--ids <ids>", "of a run", size)
      .action(({ mb, ids }) => cost({ sizesMb: mb, ids }));
  } else if (run === benchEndToEnd) {
    command
      .option("--page <ids>", "only what an open page costs a run of so many ids", size)
      .action(async ({ page }) => void (await (page === undefined ? run() : benchPage(page))));
  } else command.action(run);
}
endWithReaders("bench");
await program.parseAsync();
