import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { evaluateStack } from "./stack-graph.ts";
import { TOLD } from "./stages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder in which the evaluated stages appear, once they are. */
    stages: string;
  }
}

/**
 * Evaluates the stages once, for all tests, while the tests of the other projects run: where SST's components are not installed yet,
 * that takes longer than anything.
 */
export default function evaluateStages({ provide }: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lotes-stages-"));
  provide("stages", folder);
  const told = evaluated()
    .catch((error: Error) => ({ error: error.message }))
    .then((stages) => put(join(folder, "evaluated.json"), JSON.stringify(stages)));
  return async () => {
    await told;
    await rm(folder, { recursive: true });
  };
}

async function evaluated() {
  const install = fileURLToPath(new URL("../../install-platform.mjs", import.meta.url));
  await promisify(execFile)(process.execPath, [install]);
  // One after the other: each loads what the one before has compiled.
  const dev = await evaluateStack("dev");
  const prod = await evaluateStack("prod");
  const told = await evaluateStack("prod", TOLD);
  return { dev, prod, told };
}

/** Whole or not at all: it is waited for. */
async function put(file: string, content: string): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}
