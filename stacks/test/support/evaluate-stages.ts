import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inBackground } from "@lotes/core/testing/background";
import { NotifyingS3 } from "@lotes/local/testing/notifying-s3";
import type { TestProject } from "vitest/node";
import { notifying, sharedLake } from "./s3-notifications.ts";
import { type Evaluated, evaluateStacks, type StackGraph } from "./stack-graph.ts";
import { type EvaluatedStages, TOLD } from "./stages.ts";

const STACKS = fileURLToPath(new URL("../../", import.meta.url));

declare module "vitest" {
  interface ProvidedContext {
    /** Tells the evaluated stages, once they are. */
    stages: string;
  }
}

/**
 * Evaluates the stages once, for all tests of the stacks, while other tests run: where SST's components are not installed yet, that takes
 * longer than anything.
 */
export default function evaluateStages({ provide, vitest }: TestProject): (() => Promise<void>) | undefined {
  if (!vitest.state.getPaths().some((file) => file.startsWith(STACKS))) return undefined;
  const { file, end } = inBackground(evaluated);
  provide("stages", file);
  return end;
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
