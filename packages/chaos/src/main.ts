import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { endWithReaders } from "@lotes/node/readers";
import { Command, InvalidArgumentError } from "commander";
import { runSchedules } from "./run-schedules.ts";

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

const program = new Command("chaos")
  .description("Runs the pipeline through generated schedules of failures, and judges what is left behind")
  .option("--schedules <number>", "how many", wholeNumber, 200)
  .option("--seed <number>", "decides all of them; by default a new one", wholeNumber)
  .option("--only <index>", "only this one of them", wholeNumber)
  .action(async ({ schedules, seed = randomInt(2 ** 31), only }) => {
    const indexes = only === undefined ? Array.from({ length: schedules }, (_, index) => index) : [only];
    const threads = Math.min(availableParallelism(), indexes.length);
    const print = (line: string) => process.stdout.write(`${line}\n`);
    const sum = await runSchedules({ seed, indexes, threads, print });
    if (sum.broken > 0 || sum.schedules < indexes.length) process.exitCode = 1;
  });
endWithReaders("chaos");
await program.parseAsync();
