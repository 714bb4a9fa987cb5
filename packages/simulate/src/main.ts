import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { endWithReaders } from "@lotes/node/readers";
import { Command, InvalidArgumentError, Option } from "commander";
import { branchLines } from "./branches.ts";
import { focusOf } from "./coverage.ts";
import { coverageTable } from "./coverage-table.ts";
import { runSchedules } from "./run-schedules.ts";
import type { ScheduleSpec, Series } from "./thread.ts";
import { Threads } from "./threads.ts";

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

function atLeastOne(text: string): number {
  if (wholeNumber(text) === 0) throw new InvalidArgumentError("It must be at least 1.");
  return Number(text);
}

const print = (line: string) => process.stdout.write(`${line}\n`);

/** @param trace whether to tell everything that happens in it */
async function explainOne(series: Series, schedule: ScheduleSpec, trace = false): Promise<void> {
  await using threads = new Threads(1);
  if (trace) for (const line of await threads.lines({ do: "trace", ...series, schedule })) print(line);
  const story = await threads.lines({ do: "shrink", ...series, schedule });
  for (const line of story) print(line);
  if (story.length > 0) process.exitCode = 1;
  else print("no promise is broken");
}

const program = new Command("simulate")
  .description(
    "Runs the pipeline through generated schedules of failures in virtual time, and judges what is left behind",
  )
  .option("--schedules <number>", "how many", atLeastOne, 1_000)
  .option("--seed <number>", "decides all of them; by default a new one", wholeNumber)
  .option("--index <number>", "only this one of them, and the shortest that breaks the same promise", wholeNumber)
  .option("--focus <pair>", "the step and the trouble to look for: `STEP: TROUBLE`, as the table has them")
  .option("--small", "smaller schedules, as the tests have them")
  .addOption(new Option("--first", "schedules as large as the first ones over HTTP were").conflicts("small"))
  .option("--trace", "with --index: everything that happens")
  .option("--threads <number>", "side by side", atLeastOne, availableParallelism())
  .option("--stories <number>", "how many broken promises are told at length", wholeNumber, 3)
  .option("--until-broken", "end with the first broken promise")
  .option("--branches", "which branches of the stages were never taken")
  .option("--digest", "a digest of all traces, to compare two runs by")
  .action(
    async ({
      seed = randomInt(2 ** 31),
      small = false,
      first = false,
      index,
      focus,
      trace,
      branches = false,
      digest = false,
      untilBroken = false,
      threads,
      ...options
    }) => {
      const which = focus === undefined ? undefined : focusOf(focus);
      const series = { seed, size: small ? "small" : first ? "first" : "usual" } as const;
      if (index !== undefined) return explainOne(series, { index, focus: which }, trace);
      await using started = new Threads(threads, branches);
      const sum = await runSchedules({ ...options, ...series, focus: which, digest, untilBroken, print }, started);
      for (const line of coverageTable(sum.coverage)) print(line);
      if (branches) print("never taken:");
      if (branches) for (const line of branchLines(await started.untakenBranches())) print(`  ${line}`);
      if (sum.digest !== undefined) print(`traces ${sum.digest}`);
      if (sum.broken > 0) process.exitCode = 1;
    },
  );
endWithReaders("simulate");
await program.parseAsync();
