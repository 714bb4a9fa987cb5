import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FUNCTIONS } from "@lotes/core";
import { deployedRun, UNKNOWN_OF_100, type Work } from "./deployed/run.ts";
import { machine, print } from "./machine.ts";
import { bundles } from "./pipeline-run.ts";
import { table } from "./table.ts";

export const GROWTH_IDS = [2_000, 20_000, 200_000];
const GOAL = 1.15;

const COLUMNS: readonly [name: string, of: (work: Work, thousands: number) => number, digits: number][] = [
  ["S3 reads", ({ s3Reads }, thousands) => s3Reads / thousands, 1],
  ["S3 writes, lists", ({ s3Writes }, thousands) => s3Writes / thousands, 1],
  ["SQS", ({ sqs }, thousands) => sqs / thousands, 1],
  ["kB", ({ bytes }, thousands) => bytes / 1_000 / thousands, 0],
  ["CPU s", ({ cpuSeconds }, thousands) => cpuSeconds / thousands, 2],
  // One environment works for all ids.
  ["peak MiB", ({ peakMib }) => peakMib, 0],
];

/**
 * What each function does for 1,000 ids in runs of different sizes.
 * @param sizes in ids, the smallest first
 */
export async function benchGrowth(sizes: readonly number[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  const bundle = await bundles(folder);
  const runs: Record<string, Work>[] = [];
  for (const ids of sizes) runs.push(await deployedRun({ ids, bundle }));
  await rm(folder, { recursive: true });
  const rows = FUNCTIONS.flatMap((name) => {
    const works = runs.flatMap((run) => run[name] ?? []);
    const numbers = works.map((work, index) => COLUMNS.map(([, of]) => of(work, (sizes[index] ?? 0) / 1_000)));
    const ratios = COLUMNS.map((_, column) => (numbers.at(-1)?.[column] ?? 0) / (numbers[0]?.[column] ?? 0));
    const kept = ratios.every((ratio) => !(ratio > GOAL));
    return [
      ...numbers.map((row, index) => [
        name,
        String(sizes[index]),
        ...row.map((number, column) => number.toFixed(COLUMNS[column]?.[2])),
        "",
      ]),
      [
        name,
        "last ÷ first",
        ...ratios.map((ratio) => (Number.isFinite(ratio) ? ratio.toFixed(2) : "")),
        kept ? "yes" : "no",
      ],
    ];
  });
  print(table(["function", "ids", ...COLUMNS.map(([name]) => name), "kept"], rows));
  print(
    `\nfor 1,000 ids each, the memory aside; ${UNKNOWN_OF_100} % unknown to TMDB, which has no budget; goal: at most ${GOAL} times the first\n${machine()}`,
  );
}
