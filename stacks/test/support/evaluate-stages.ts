import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inBackground, outcomeOf } from "@lotes/core/testing/background";
import { NotifyingS3 } from "@lotes/local/testing/notifying-s3";
import type { TestProject } from "vitest/node";
import { notifying, sharedLake } from "./s3-notifications.ts";
import { type Evaluated, evaluateStacks, type StackGraph } from "./stack-graph.ts";
import { type EvaluatedStages, TOLD } from "./stages.ts";

const STACKS = fileURLToPath(new URL("../../", import.meta.url));

declare module "vitest" {
  interface ProvidedContext {
    /** Tells the folder of SST's components, once they are installed. */
    components: string;
    /** Tells the evaluated stages, once they are. */
    stages: string;
  }
}

/**
 * Installs SST's components, and evaluates the stages once for all tests of the stacks, while other tests run: where the components are not
 * installed yet, that takes longer than anything.
 */
export default function evaluateStages({ provide, vitest }: TestProject): (() => Promise<void>) | undefined {
  const isWanted = (wanted: (file: string) => boolean) => vitest.state.getPaths().some(wanted);
  const ofStacks = isWanted((file) => file.startsWith(STACKS));
  // Its commands of SST are typed where the components are.
  const ofDocuments = isWanted((file) => file.endsWith("/cli/test/documents.test.ts"));
  if (!ofStacks && !ofDocuments) return undefined;
  const components = inBackground(installedComponents);
  provide("components", components.file);
  if (!ofStacks) return components.end;
  const stages = inBackground(() => evaluated(components.file));
  provide("stages", stages.file);
  return async () => {
    await stages.end();
    await components.end();
  };
}

async function installedComponents(): Promise<string> {
  await promisify(execFile)(process.execPath, [join(STACKS, "install-platform.mjs")]);
  return join(STACKS, "../.sst/platform");
}

async function evaluated(components: string): Promise<EvaluatedStages> {
  await outcomeOf(components);
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
