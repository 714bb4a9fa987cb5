import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { sampleCsv } from "@lotes/local";
import { csvFile } from "./csv-file.ts";
import { earlierBuild } from "./earlier-build.ts";
import { inTurns } from "./in-turns.ts";
import { machine, median, print, root } from "./machine.ts";
import { bundled } from "./select/peers.ts";
import { table } from "./table.ts";

const run = promisify(execFile);

// The build whose documented command was `npx -y pnpm@10.34.9 lotes …`.
const EARLIER = "59d06bf";
const LAUNCHER = path.join(root, "lotes");
const BUNDLER = path.join(root, "packages/bundler/bin/bundle-lotes.mjs");
const PNPM = ["-y", "pnpm@10.34.9"];
const ROWS = 1_000_000;
const TIMES = 7;
const DATE = "2026/11/23";

/** A command as a shell starts it. */
interface Subject {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** What a user waits for at the shell's prompt, beside the documented commands of an earlier build. */
export async function benchCommands(): Promise<void> {
  const earlier = await earlierBuild(EARLIER);
  const csv = await csvFile(ROWS);
  // As an installation does. A source may have changed since the last one.
  await run(process.execPath, [BUNDLER]);
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  const stack = await localStack(folder);
  try {
    // The earlier command looks for the local stack in its own folder.
    await mkdir(path.join(earlier, ".lotes"), { recursive: true });
    await copyFile(path.join(folder, ".lotes/local.json"), path.join(earlier, ".lotes/local.json"));
    const now = (...args: string[]): Subject => ({ name: `lotes ${args[0]}`, file: LAUNCHER, args, cwd: folder });
    const before = (...args: string[]): Subject => ({
      name: `${EARLIER}: ${args[0]}`,
      file: "npx",
      args: [...PNPM, "lotes", ...args],
      cwd: earlier,
    });
    const selecting = (await bundled("ours"))(csv);
    const idle: Subject = { name: "node -e 0", file: process.execPath, args: ["-e", "0"], cwd: folder };
    const select: Subject = { name: "selecting alone", ...selecting, cwd: folder };
    const pairs: [Subject, Subject][] = [
      [now("--help"), before("--help")],
      [now("status", "--date", DATE), before("status", "--date", DATE)],
      [now("plan", csv), before("plan", csv)],
    ];
    const times = await inTurns([idle, select, ...pairs.flat()], seconds, () => TIMES);
    const took = (subject: Subject) => median(times.get(subject) ?? []);
    const goals = [
      `≤ 3 × node -e 0 = ${(3 * took(idle)).toFixed(2)}`,
      "≤ 0.4",
      `≤ 1.5 × selecting = ${(1.5 * took(select)).toFixed(2)}`,
    ];
    const rows = pairs.map(([mine, theirs], index) => [
      mine.name,
      took(mine).toFixed(2),
      goals[index] ?? "",
      took(theirs).toFixed(2),
      `${(took(theirs) / took(mine)).toFixed(1)}×`,
    ]);
    print(table(["command", "s", "goal", `npx … lotes of ${EARLIER}`, "as fast (goal 8×)"], rows));
    print(`\nnode -e 0: ${took(idle).toFixed(3)} s; selecting from 1 M rows: ${took(select).toFixed(2)} s`);
    print(`${machine()}; whole processes in turns, medians of ${TIMES}`);
  } finally {
    stack.kill("SIGTERM");
    await once(stack, "exit");
    await rm(folder, { recursive: true });
  }
}

/** `lotes local` with a run that has settled. */
async function localStack(folder: string) {
  const stack = spawn(LAUNCHER, ["local", "--port", "0", "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(createInterface(stack.stdout), "line");
  await writeFile(path.join(folder, "movies.csv"), Readable.from(sampleCsv({ rows: 40_000, seed: 1 })));
  await run(LAUNCHER, ["ingest", "movies.csv", "--date", DATE], { cwd: folder });
  await run(LAUNCHER, ["status", "--watch", "--date", DATE], { cwd: folder });
  return stack;
}

async function seconds({ file, args, cwd }: Subject): Promise<number> {
  const began = performance.now();
  await run(file, [...args], { cwd });
  return (performance.now() - began) / 1000;
}
