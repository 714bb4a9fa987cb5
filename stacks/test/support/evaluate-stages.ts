import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { evaluateStack, type StackGraph } from "./stack-graph.ts";

declare module "vitest" {
  interface ProvidedContext {
    dev: StackGraph;
    prod: StackGraph;
  }
}

/** Evaluates the two stages once, for all tests. */
export default async function evaluateStages({ provide }: TestProject): Promise<void> {
  execFileSync(process.execPath, [fileURLToPath(new URL("../../install-platform.mjs", import.meta.url))], {
    stdio: "inherit",
  });
  const [dev, prod] = await Promise.all([evaluateStack("dev"), evaluateStack("prod")]);
  provide("dev", dev);
  provide("prod", prod);
}
