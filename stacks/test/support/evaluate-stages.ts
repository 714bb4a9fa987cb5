import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NotifyingS3 } from "@lotes/local/testing/notifying-s3";
import type { TestProject } from "vitest/node";
import { notifying, sharedLake } from "./s3-notifications.ts";
import { type Evaluated, evaluateStacks, type StackGraph } from "./stack-graph.ts";
import { type EvaluatedStages, TOLD } from "./stages.ts";

const STACKS = fileURLToPath(new URL("../../", import.meta.url));

declare module "vitest" {
  interface ProvidedContext {
    /** The folder in which the evaluated stages appear, once they are. */
    stages: string;
  }
}

/**
 * Evaluates the stages once, for all tests of the stacks, while other tests run: where SST's components are not installed yet, that takes
 * longer than anything.
 */
export default function evaluateStages({ provide, vitest }: TestProject): (() => Promise<void>) | undefined {
  if (!vitest.state.getPaths().some((file) => file.startsWith(STACKS))) return undefined;
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

async function evaluated(): Promise<EvaluatedStages> {
  const install = fileURLToPath(new URL("../../install-platform.mjs", import.meta.url));
  await promisify(execFile)(process.execPath, [install]);
  await using s3 = await NotifyingS3.start(notifying());
  await using s3OfOthers = await NotifyingS3.start(sharedLake("lotes-prod-producer"));
  const [dev, prod, told, lake, shared, oneConsumer] = await evaluateStacks([
    { stage: "dev", env: {} },
    { stage: "prod", env: {} },
    { stage: "prod", env: TOLD },
    { stage: "prod", env: { ...s3.env, DATA_LAKE_BUCKET: "the-lake" } },
    {
      stage: "prod",
      env: {
        ...s3OfOthers.env,
        DATA_LAKE_BUCKET: "the-lake",
        TRIGGER: "eventbridge",
        KMS_KEY_ARN: TOLD.KMS_KEY_ARN,
        PERMISSIONS_BOUNDARY: TOLD.PERMISSIONS_BOUNDARY,
      },
    },
    { stage: "prod", env: { CONSUMER_CONCURRENCY: "1" } },
  ]);
  if (oneConsumer === undefined || !("error" in oneConsumer)) throw new Error("one consumer is enough for a stage");
  return {
    dev: graphOf(dev),
    prod: graphOf(prod),
    told: graphOf(told),
    lake: graphOf(lake),
    shared: graphOf(shared),
    oneConsumer,
  };
}

function graphOf(evaluated: Evaluated | undefined): StackGraph {
  if (evaluated === undefined || "error" in evaluated)
    throw new Error(`the stack can't be evaluated: ${evaluated?.error}`);
  return evaluated;
}

/** Whole or not at all: it is waited for. */
async function put(file: string, content: string): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}
