import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FunctionName, functionScripts } from "@lotes/bundler/function-code";
import type { TestProject } from "vitest/node";

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

/** Bundles the functions once for all test files, which would each take a second for it. */
export default async function bundleFunctions({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "lotes-functions-"));
  const scripts = Object.entries(await functionScripts()) as [FunctionName, string][];
  await Promise.all(scripts.map(([name, text]) => writeFile(scriptFile(folder, name), text)));
  provide("functionScripts", folder);
  return () => rm(folder, { recursive: true });
}
