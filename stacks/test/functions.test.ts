import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FUNCTIONS, PROCESS_VARIABLES } from "@lotes/core/topology";
import { describe, expect, test } from "vitest";
import { resourceOf, type StackGraph } from "./support/stack-graph.ts";
import { evaluatedStages, TOLD } from "./support/stages.ts";

const stages = await evaluatedStages();

const root = fileURLToPath(new URL("../../", import.meta.url));
const SERVICES = ["Producer", "Consumer", "Collector"];

describe.each(["dev", "prod"] as const)("in %s", (stage) => {
  const graph = stages[stage];
  const lambda = (name: string) => resourceOf(graph, "Function", name);

  test.each(SERVICES)("%s runs Node 24 on arm64, and logs JSON to a group of its own", (name) => {
    expect(lambda(name)).toMatchObject({
      name: `lotes-${stage}-${name.toLowerCase()}`,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      packageType: "Zip",
      loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/lotes-${stage}-${name.toLowerCase()}` },
    });
    expect(resourceOf(graph, "LogGroup", name)).toEqual({
      name: `/aws/lambda/lotes-${stage}-${name.toLowerCase()}`,
      retentionInDays: stage === "prod" ? 90 : 7,
    });
  });

  test.each([
    ["Producer", 300, 1769],
    ["Consumer", 60, 144],
    ["Collector", 60, 512],
  ])("%s has %i s and %i MB", (name, timeout, memorySize) => {
    expect(lambda(name)).toMatchObject({ timeout, memorySize });
  });

  test("the producer is tried twice again, and an event it can't handle is kept", () => {
    expect(resourceOf(graph, "FunctionEventInvokeConfig")).toEqual({
      functionName: `lotes-${stage}-producer`,
      maximumRetryAttempts: 2,
      destinationConfig: {
        onFailure: {
          destination: `arn:aws:sqs:us-east-1:123456789012:${resourceOf(graph, "Queue", "ProducerFailures").name}`,
        },
      },
    });
  });

  test("the stage is told from others by its tags", () => {
    expect(graph.app.providers).toEqual({ aws: { defaultTags: { tags: { application: "lotes", stage } } } });
  });
});

describe("what a function finds through SST's Resource", () => {
  const { handlers } = stages.prod;
  const linksOf = (service: string) =>
    handlers.find(({ handler }) => handler === `packages/functions/src/${service}.handler`)?.links ?? {};
  /** SST gives the App to every function. */
  const usedBy = (service: string) => {
    const source = readFileSync(`${root}packages/functions/src/${service}.ts`, "utf8");
    return [...new Set([...source.matchAll(/\bResource\.(\w+)/g)].map(([, name]) => name))].filter(
      (name) => name !== "App",
    );
  };

  test.each(["producer", "consumer", "collector"])("is all that the %s uses, and nothing else", (service) => {
    expect(Object.keys(linksOf(service)).sort()).toEqual(usedBy(service).sort());
  });

  test("is what sst-env.d.ts says", () => {
    const declared = readFileSync(`${root}sst-env.d.ts`, "utf8");
    const names = [...declared.matchAll(/^ {4}(\w+): \{ (.*) \};$/gm)].map(([, name, fields]) => [
      name,
      [...(fields ?? "").matchAll(/(\w+):/g)].map(([, field]) => field).sort(),
    ]);
    const links = Object.assign({}, ...handlers.map(({ links }) => links));
    const linked = Object.entries<object>(links).map(([name, link]) => [name, Object.keys(link).sort()]);
    expect(Object.fromEntries(names)).toEqual(Object.fromEntries(linked));
  });
});

describe("the settings of a deployment", () => {
  const told = stages.told;
  const variables = (graph: StackGraph, name: string) => {
    const { environment } = resourceOf(graph, "Function", name) as {
      environment: { variables: Record<string, string> };
    };
    return Object.fromEntries(
      Object.entries(environment.variables).filter(
        ([variable]) => !(variable.startsWith("SST_") || variable in PROCESS_VARIABLES.consumer),
      ),
    );
  };

  test("stand beside what keeps the memory and the CPU of their processes small", () => {
    const variablesOf = (name: string) => resourceOf(stages.prod, "Function", name).environment;
    expect(SERVICES.map(variablesOf)).toMatchObject(FUNCTIONS.map((name) => ({ variables: PROCESS_VARIABLES[name] })));
    // Node does not start with an option that it does not take from there.
    const { stdout, stderr } = spawnSync(process.execPath, ["-p", "1"], {
      env: {
        NODE_OPTIONS: Object.values(PROCESS_VARIABLES)
          .map(({ NODE_OPTIONS }) => NODE_OPTIONS)
          .join(" "),
      },
      encoding: "utf8",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "1\n", stderr: "" });
  });

  test("are the functions' defaults, where none are given", () => {
    expect(SERVICES.map((name) => variables(stages.prod, name))).toEqual([{}, {}, {}]);
  });

  test("reach the functions that read them, without the token", () => {
    const settings = { TMDB_REQUESTS_PER_SECOND: "50", CONSUMER_CONCURRENCY: "5", GENRES: "crime" };
    expect(variables(told, "Producer")).toEqual(settings);
    expect(variables(told, "Consumer")).toEqual(settings);
    expect(variables(told, "Collector")).toEqual(settings);
    expect(JSON.stringify(told)).not.toContain(TOLD.TMDB_TOKEN);
    expect(told.outputs.budget).toBe("50 requests a second to https://api.themoviedb.org, by 5 consumers");
  });

  test("leave the account's concurrency alone where there is none to reserve, and still bound the consumers", () => {
    expect(SERVICES.map((name) => resourceOf(told, "Function", name).reservedConcurrentExecutions)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(resourceOf(told, "EventSourceMapping", "LoteQueueSubscriber").scalingConfig).toEqual({
      maximumConcurrency: 5,
    });
  });

  test("that are wrong stop the deployment with one line", () => {
    expect(stages.oneConsumer.error).toMatch(
      /^SettingsError: CONSUMER_CONCURRENCY must be a whole number from 2 to 1000, not "1"\n/,
    );
  });
});
