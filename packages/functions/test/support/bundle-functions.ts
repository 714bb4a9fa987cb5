import { mkdtempSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FunctionCode, type FunctionName, functionCode, functionScripts } from "@lotes/bundler/function-code";
import type { TestProject } from "vitest/node";
import { globalsOf } from "./function-globals.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder in which the functions' scripts are. */
    functionScripts: string;
  }
}

/** Where the script of a function is. */
export function scriptFile(folder: string, name: FunctionName): string {
  return join(folder, `${name}.cjs`);
}

const compiledFile = (folder: string, name: FunctionName) => join(folder, `${name}.compiled`);

const codes = new Map<FunctionName, FunctionCode>();

/** The code of a function, compiled already. It is read once for each process. */
export function bundledCode(folder: string, name: FunctionName): FunctionCode {
  const read = () =>
    functionCode(name, readFileSync(scriptFile(folder, name), "utf8"), readFileSync(compiledFile(folder, name)));
  const code = codes.get(name) ?? read();
  codes.set(name, code);
  return code;
}

/** Bundles and compiles the functions once for all test files, which would each take two seconds for it. */
export default async function bundleFunctions({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "lotes-functions-"));
  const scripts = Object.entries(await functionScripts()) as [FunctionName, string][];
  await Promise.all(
    scripts.flatMap(([name, text]) => [
      writeFile(scriptFile(folder, name), text),
      writeFile(compiledFile(folder, name), compiled(name, text)),
    ]),
  );
  provide("functionScripts", folder);
  return () => rm(folder, { recursive: true });
}

/** Loaded once, so that what loading calls is compiled too. */
function compiled(name: FunctionName, text: string): Buffer {
  const code = functionCode(name, text);
  const link = JSON.stringify({ name: "none", url: "http://127.0.0.1:9", value: "none" });
  const links = ["App", "DataLake", "LoteQueue", "DeadLetterQueue", "TmdbToken"].map((each) => [
    `SST_RESOURCE_${each}`,
    link,
  ]);
  code.load(globalsOf({ env: { ...Object.fromEntries(links), AWS_REGION: "us-east-1" } }));
  return code.compiled();
}
