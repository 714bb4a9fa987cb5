// Breaks the pipeline on purpose, in a copy of its sources, and looks how soon `simulate` finds it. Not a part of the tests: `with-node mutations`.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Edit, edited, type Mutation } from "./mutation.ts";
import { MUTATIONS } from "./mutations.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "7" },
    schedules: { type: "string", default: "1000" },
    only: { type: "string" },
    focus: { type: "string" },
    small: { type: "boolean", default: false },
  },
});

/** @returns what the file was */
function edit(each: Edit, copy: string): { path: string; source: string } {
  const path = join(copy, "packages", each.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, edited(each, source));
  return { path, source };
}

/** Runs simulate on a copy that has the mutation. */
function run({ edits }: Mutation, copy: string): string {
  const before = edits.map((each) => edit(each, copy));
  const command = [join(copy, "packages/simulate/src/main.ts"), "--seed", values.seed, "--schedules", values.schedules];
  if (values.focus !== undefined) command.push("--focus", values.focus);
  if (values.small) command.push("--small");
  const { stdout, stderr } = spawnSync(process.execPath, [...command, "--until-broken", "--stories", "0"], {
    encoding: "utf8",
  });
  for (const { path, source } of before) writeFileSync(path, source);
  const found = /see it again with .*--index (\d+)(.*)\n {2}(.*)/.exec(stdout);
  const count = [...stdout.matchAll(/^(\d+) schedules/gm)].at(-1)?.[1];
  if (found) return `found within ${count}: --index ${found[1]}${found[2]}: ${found[3]?.slice(0, 120)}`;
  return count === values.schedules ? `NOT FOUND within ${count}` : `it did not run: ${stderr.slice(0, 300)}`;
}

const copy = mkdtempSync(join(tmpdir(), "lotes-mutations-"));
try {
  cpSync(join(root, "packages"), join(copy, "packages"), { recursive: true, verbatimSymlinks: true });
  cpSync(join(root, "package.json"), join(copy, "package.json"));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  for (const mutation of MUTATIONS) {
    if (values.only !== undefined && !mutation.name.includes(values.only)) continue;
    process.stdout.write(`${mutation.name}: ${run(mutation, copy)}\n`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
