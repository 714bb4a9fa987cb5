import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { promisify } from "node:util";
import { csvFile } from "./csv-file.ts";
import { inTurns } from "./in-turns.ts";
import { machine, median, print } from "./machine.ts";
import { bundled, type Contender, peers } from "./select/peers.ts";
import { table } from "./table.ts";

const MIB = 1024 * 1024;
const ROWS = 1_000_000;
const MANY_ROWS = 10_000_000;
// The median of seven is steady within some 5 %; minutes are not spent on who needs a minute.
const TIMES = 7;
const TIMES_WHEN_SLOW = 2;
const SLOW_SECONDS = 2;

interface Measured {
  readonly name: string;
  readonly seconds: number;
  readonly mib: number;
  readonly ids: number;
}

interface Run {
  readonly seconds: number;
  readonly ids: number;
  readonly maxRssKiB: number;
}

/** Selects the ids from 1 M and 10 M rows, in a process of each contender's own, from a file that the machine has in its cache. */
export async function benchSelect(): Promise<void> {
  const idle: Contender = { name: "an idle process", command: await bundled("idle") };
  const ours: Contender = { name: "this project", command: await bundled("ours") };
  const parser: Contender = { name: "csv-parser alone", command: await bundled("csv-parser") };
  const others = await peers((why) => print(`left out: ${why}`));

  await compare(ROWS, [ours, parser, ...others], idle);
  // Who reads every row through an object or a data frame takes minutes and gigabytes here.
  await compare(MANY_ROWS, [ours, ...others.filter(({ name }) => /2 threads/.test(name))], idle);
  print(`${machine()}; whole processes in turns, medians`);
}

async function compare(rows: number, contenders: readonly Contender[], idle: Contender): Promise<void> {
  const csv = await csvFile(rows);
  const megabytes = statSync(csv).size / 1e6;
  const [nothing, ...all] = await measured([idle, ...contenders], csv);
  const [first] = all;
  const lines = all.map(({ name, seconds, mib, ids }) => [
    name,
    seconds.toFixed(2),
    Math.round(megabytes / seconds),
    `${(seconds / (first?.seconds ?? 1)).toFixed(1)}×`,
    Math.round(mib),
    Math.round(mib - (nothing?.mib ?? 0)),
    ids === first?.ids ? "yes" : `no: ${ids} of ${first?.ids}`,
  ]);
  const header = [
    `${rows / 1e6} M rows, ${Math.round(megabytes)} MB`,
    "s",
    "MB/s",
    "time",
    "MiB",
    "over idle",
    "ids right",
  ];
  print(`${table(header, lines)}\n`);
}

async function measured(contenders: readonly Contender[], csv: string): Promise<Measured[]> {
  const times = (first: Run) => (first.seconds <= SLOW_SECONDS ? TIMES : TIMES_WHEN_SLOW);
  const races = await inTurns(contenders, (contender) => once(contender, csv), times);
  return Array.from(races, ([{ name }, runs]) => ({
    name,
    seconds: median(runs.map((run) => run.seconds)),
    mib: (median(runs.map((run) => run.maxRssKiB)) * 1024) / MIB,
    ids: runs[0]?.ids ?? 0,
  }));
}

async function once({ command }: Contender, csv: string): Promise<Run> {
  const { file, args } = command(csv);
  const began = performance.now();
  const { stdout } = await promisify(execFile)(file, [...args]);
  return { seconds: (performance.now() - began) / 1000, ...JSON.parse(stdout) };
}
