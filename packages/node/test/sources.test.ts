import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs a tool of the project. What it finds is in its error's message. */
async function run(tool: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const options = { cwd: root, env: { ...process.env, ...env } };
  await promisify(execFile)(`${root}node_modules/.bin/${tool}`, args, options).catch(({ stdout, stderr }) => {
    throw new Error(`${tool} found:\n${stdout}${stderr}`);
  });
}

test("the sources are formatted and linted", () => run("biome", ["check", "--error-on-warnings"]));

// One checker and no collection of garbage take half the processor's time of the compiler's defaults, and no more memory.
test("the sources' types check", () => run("tsc", ["--checkers", "1"], { GOGC: "off" }));
