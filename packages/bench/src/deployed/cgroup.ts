import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A group of processes that have no more of the machine than a Lambda function of some size. */
export interface Cgroup {
  /** Files that a process writes its id into to join the group. */
  readonly procs: readonly string[];
  /** Once its processes have ended. */
  remove(): void;
}

const ROOT = "/sys/fs/cgroup";
// At this memory Lambda gives a function one whole core (AWS Lambda Developer Guide, "Configure Lambda function memory").
const MB_OF_A_CORE = 1_769;
const PERIOD_US = 20_000;
const MIB = 1024 * 1024;

let made = 0;

/**
 * Makes a cgroup with what Lambda gives to a function: its share of a core, in periods of 20 ms, and its memory.
 * @returns undefined where this machine has no cgroups that this process may make
 */
export function lambdaCgroup(memoryMb: number): Cgroup | undefined {
  const name = `lotes-bench-${process.pid}-${++made}`;
  const quotaUs = Math.round((PERIOD_US * memoryMb) / MB_OF_A_CORE);
  const isOne = existsSync(path.join(ROOT, "cgroup.controllers"));
  const limits: Limits[] = isOne
    ? [{ folder: name, files: { "cpu.max": `${quotaUs} ${PERIOD_US}`, "memory.max": memoryMb * MIB } }]
    : [
        { folder: `cpu/${name}`, files: { "cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quotaUs } },
        { folder: `memory/${name}`, files: { "memory.limit_in_bytes": memoryMb * MIB } },
      ];
  const folders = limits.map(({ folder }) => path.join(ROOT, folder));
  const remove = () => {
    for (const folder of folders) if (existsSync(folder)) rmdirSync(folder);
  };
  try {
    for (const { folder, files } of limits) set(path.join(ROOT, folder), files);
  } catch {
    remove();
    return undefined;
  }
  return { procs: folders.map((folder) => path.join(folder, "cgroup.procs")), remove };
}

interface Limits {
  readonly folder: string;
  readonly files: Readonly<Record<string, string | number>>;
}

function set(folder: string, files: Limits["files"]): void {
  mkdirSync(folder);
  for (const [name, value] of Object.entries(files)) writeFileSync(path.join(folder, name), String(value));
}

/** How often the group was held back since it had used its share up, of so many periods; NaN where that is not told. */
export function throttled({ procs: [first = ""] }: Cgroup): number {
  const stat = readFileSync(path.join(path.dirname(first), "cpu.stat"), "utf8");
  const of = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(stat)?.[1]);
  return of("nr_throttled") / of("nr_periods");
}
