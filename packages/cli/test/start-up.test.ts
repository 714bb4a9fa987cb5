import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Workplace } from "./support/cli.ts";

const STATIC_IMPORT = /^(?:import|export) (?!type )(?:[^;]*? from )?"([^"]+)"/gm;

/** All that is loaded with a module, before a command is called. */
function loadedWith(url: URL, found = new Set<string>()): Set<string> {
  for (const [, specifier = ""] of readFileSync(url, "utf8").matchAll(STATIC_IMPORT)) {
    const isOwn = specifier.startsWith(".");
    const module = isOwn ? new URL(specifier, url).href : specifier;
    if (found.has(module)) continue;
    found.add(module);
    if (module.endsWith(".ts")) loadedWith(new URL(module), found);
  }
  return found;
}

test("help and completion load nothing that only a command works with", () => {
  const loaded = loadedWith(new URL("../src/main.ts", import.meta.url));
  const packages = [...loaded].filter((each) => !each.startsWith("file:"));
  expect(packages.sort()).toEqual([
    "@lotes/core/dataset/run-date",
    "@lotes/core/reasons",
    "@lotes/local/sample/most-sample-rows",
    "@lotes/node/readers",
    "commander",
    "node:path",
  ]);
});

test("a command that waits for what never comes has not succeeded", async () => {
  using here = new Workplace();
  const preload = `import fs from "node:fs/promises"; import { syncBuiltinESMExports } from "node:module";
    fs.stat = () => new Promise(() => {}); syncBuiltinESMExports();`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
  expect(await here.process(["plan", "movies.csv"], env)).toEqual({ code: 13, stdout: "", stderr: "" });
});
