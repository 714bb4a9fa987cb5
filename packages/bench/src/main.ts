#!/usr/bin/env node
import { Command } from "commander";
import { benchBundles } from "./bundles.ts";

const program = new Command("bench").description(
  "Measures what the pipeline costs, and prints a table for each question",
);
program
  .command("bundles")
  .description("how large the functions are as deployed, and how long they take to load")
  .action(benchBundles);
await program.parseAsync();
