import { execFileSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleLotes } from "../src/bundle-lotes.ts";

const LAUNCHER = fileURLToPath(new URL("../../cli/bin/lotes.cjs", import.meta.url));

// A project with two commands, of which one needs what can't be bundled. Each says where it runs from, and what it was given.
const PROJECT = {
  "packages/cli/src/main.ts": `
    import { ask } from "./commands/ask.ts";
    import { stay } from "./commands/stay.ts";
    const [name, ...args]: string[] = process.argv.slice(2);
    ({ ask, stay })[name as "ask"](args);`,
  "packages/cli/src/commands/ask.ts": `
    import { say } from "../say.ts";
    export const ask = (args: string[]) => say("ask", args);`,
  "packages/cli/src/commands/stay.ts": `
    import { say } from "../say.ts";
    export const stay = (args: string[]) => say("stay", args);
    export const start = () => import("@lotes/local");`,
  "packages/cli/src/say.ts": `
    export function say(name: string, args: string[]) {
      const from = new Error().stack?.includes(".cache/lotes/lotes-") ? "bundle" : "sources";
      console.log([name, ...args, "from", from, new URL(".", import.meta.url).pathname, "é"].join(" "));
      process.exitCode = args.includes("fail") ? 1 : 0;
    }`,
  "packages/bundler/src/bundle-lotes.ts": "",
  "pnpm-lock.yaml": "",
};

let root: string;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lotes-")));
  for (const [file, text] of Object.entries(PROJECT)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  cpSync(LAUNCHER, join(root, "packages/cli/bin/lotes.cjs"));
  await bundleLotes(root);
});

afterAll(() => rmSync(root, { recursive: true }));

/** What a command says, and with which code it exits. */
function lotes(...args: string[]): string {
  const line = `"$0" ${join(root, "packages/cli/bin/lotes.cjs")} ${args.join(" ")}; echo $?`;
  return execFileSync("sh", ["-c", line, process.execPath], { encoding: "utf8" }).trim().replaceAll("\n", " ");
}

const compiled = () => globSync("packages/cli/node_modules/.cache/lotes/*.cjs.*", { cwd: root });

test("a command runs from the bundle as from its sources, and one that can't be bundled from its sources", () => {
  const src = join(root, "packages/cli/src/");
  expect(lotes("ask", "a", "fail")).toBe(`ask a fail from bundle ${src} é 1`);
  // Of a command that fails there is too little to keep.
  expect(compiled()).toEqual([]);
  expect(lotes("ask")).toBe(`ask from bundle ${src} é 0`);
  expect(compiled()).toEqual([expect.stringMatching(/\.cjs\.ask$/)]);
  expect(lotes("ask")).toBe(`ask from bundle ${src} é 0`);
  expect(lotes("stay", "b")).toBe(`stay b from sources ${src} é 0`);
});

test.each([
  ["cut off", (kept: Buffer) => kept.subarray(0, 3)],
  ["damaged in the middle", (kept: Buffer) => kept.fill(0x7f, kept.length >> 1, (kept.length >> 1) + 64)],
])("a compiled file that is %s is made anew", (_, broken) => {
  const [file = ""] = compiled();
  const kept = readFileSync(join(root, file));
  writeFileSync(join(root, file), broken(Buffer.from(kept)));
  expect(lotes("ask")).toMatch(/^ask from bundle .* 0$/);
  expect(compiled()).toEqual([file]);
  expect(readFileSync(join(root, file)).length).toBe(kept.length);
});

test("a source that has changed is what runs, until it is bundled again", async () => {
  writeFileSync(
    join(root, "packages/cli/src/commands/ask.ts"),
    PROJECT["packages/cli/src/commands/ask.ts"].replace('"ask"', '"new"'),
  );
  expect(lotes("ask")).toMatch(/^new from sources .* 0$/);
  await bundleLotes(root);
  expect(lotes("ask")).toMatch(/^new from bundle .* 0$/);
  expect(compiled()).toHaveLength(1);
});

test("without a bundle's description, or with an empty one, the sources are what runs", async () => {
  const description = join(root, "packages/cli/node_modules/.cache/lotes/bundle.json");
  writeFileSync(description, "");
  expect(lotes("ask")).toMatch(/^new from sources .* 0$/);
  rmSync(description);
  expect(lotes("ask")).toMatch(/^new from sources .* 0$/);
  await bundleLotes(root);
});

test("a project that has moved runs from its sources", () => {
  const moved = `${root}-moved`;
  renameSync(root, moved);
  root = moved;
  expect(lotes("ask")).toBe(`new from sources ${join(moved, "packages/cli/src/")} é 0`);
});
