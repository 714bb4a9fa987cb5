import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { evaluateStack, type StackGraph } from "./stack-graph.ts";

declare module "vitest" {
  interface ProvidedContext {
    dev: StackGraph;
    prod: StackGraph;
    /** A stage that was told everything a stage can be told. */
    told: StackGraph;
  }
}

/** The settings of the stage that was told everything, but for an existing bucket. */
export const TOLD = {
  TMDB_REQUESTS_PER_SECOND: "50",
  CONSUMER_CONCURRENCY: "5",
  GENRES: "crime",
  ALARM_EMAIL: "ops@example.com",
  RESERVE_CONCURRENCY: "false",
  // Of the developer's machine.
  TMDB_TOKEN: "of-this-machine",
};

/** Evaluates the stages once, for all tests. */
export default async function evaluateStages({ provide }: TestProject): Promise<void> {
  execFileSync(process.execPath, [fileURLToPath(new URL("../../install-platform.mjs", import.meta.url))], {
    stdio: "inherit",
  });
  const [dev, prod, told] = await Promise.all([
    evaluateStack("dev"),
    evaluateStack("prod"),
    evaluateStack("prod", TOLD),
  ]);
  provide("dev", dev);
  provide("prod", prod);
  provide("told", told);
}
