import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type Bundle, bundleHandler } from "@lotes/bundler";
import { ledgerKey, ledgerPartKey, ledgerPartPrefix, loteKey, lotePrefix, manifestKey, runKey } from "@lotes/core";
import { csvOf, facts, movieIds, row } from "@lotes/core/testing/movie-rows";
import type { FunctionName } from "@lotes/core/topology";
import { DATE, Pipeline } from "@lotes/functions/testing/pipeline";
import type { AwsRequest } from "@lotes/local";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DeployedFunction } from "./support/deployed-function.ts";
import { metricsIn, metricsWatched } from "./support/metrics.ts";
import { covers, type Grant, grantsOf } from "./support/policy.ts";
import { resourceOf } from "./support/stack-graph.ts";
import { evaluatedStages } from "./support/stages.ts";

const stages = await evaluatedStages();

const root = fileURLToPath(new URL("../../", import.meta.url));
const graph = stages.prod;
const SERVICES: readonly FunctionName[] = ["producer", "consumer", "collector"];
const COMPONENTS: Record<FunctionName, string> = { producer: "Producer", consumer: "Consumer", collector: "Collector" };

const LEDGER_PART_GRANTS = [
  "producer s3:GetObject",
  "producer s3:DeleteObject",
  "collector s3:GetObject",
  "collector s3:PutObject",
  "collector s3:DeleteObject",
];

let folder: string;
const bundles = new Map<FunctionName, Bundle>();
beforeAll(async () => {
  // Outside the project: a module that was left out of a bundle can't be found here.
  folder = await mkdtemp(path.join(tmpdir(), "lotes-bundles-"));
  for (const service of SERVICES) {
    bundles.set(service, await bundleHandler(root, deployed(service).handler, path.join(folder, service)));
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** The handler that the stack names for a function, and what it links to it. */
function deployed(service: FunctionName) {
  const found = graph.handlers.find(({ handler }) => handler.endsWith(`/${service}.handler`));
  if (found === undefined) throw new Error(`the stack has no handler for the ${service}`);
  return found;
}

describe.each(SERVICES)("the bundle of the %s", (service) => {
  const inputs = () => bundles.get(service)?.inputs ?? [];

  test("holds nothing of the local stack, the CLI or the tests", () => {
    const own = inputs().filter((input) => input.startsWith("packages/") || input.startsWith("stacks/"));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((input) => !/^packages\/(core|tmdb|aws|functions)\/src\//.test(input))).toEqual([]);
    expect(
      inputs().filter((input) => /fauxqs|sqs-consumer|vitest|commander|cli-progress|\/test\//.test(input)),
    ).toEqual([]);
  });
});

test("a bundle is no larger than a cold start can bear: 900 kB for the consumer, 800 kB for the others", () => {
  const size = (service: FunctionName) => bundles.get(service)?.bytes ?? Number.POSITIVE_INFINITY;
  expect(size("consumer")).toBeLessThanOrEqual(900_000);
  expect(size("producer")).toBeLessThanOrEqual(800_000);
  expect(size("collector")).toBeLessThanOrEqual(800_000);
});

describe("the deployed functions, against an embedded S3 and SQS", () => {
  const calls: { service: FunctionName; call: Grant }[] = [];
  const printed: string[] = [];
  const [known, brokenOnce] = movieIds(2) as [string, string];
  const unknown = "tt7777777";

  beforeAll(async () => {
    let at: FunctionName | undefined;
    let recording = true;
    const functions = new Map<FunctionName, DeployedFunction>();
    const pipeline = await Pipeline.start({
      facts: [known, brokenOnce].map(facts),
      invoke: async (service, event, millis) => {
        const called = functions.get(service) ?? (await start(service, pipeline));
        functions.set(service, called);
        at = service;
        try {
          return await called.invoke(event, millis);
        } finally {
          at = undefined;
        }
      },
    });
    pipeline.fault = (request) => {
      if (at !== undefined && recording) calls.push({ service: at, call: callOf(request) });
      return undefined;
    };

    /** What somebody else has written. */
    const put = async (key: string, body: string, metadata: Record<string, string> = {}) => {
      recording = false;
      const { bucket } = pipeline.services;
      await pipeline.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata: metadata }));
      recording = true;
    };

    // A run in which one id is unknown and another fails for once, so that the ledger is written.
    await pipeline.tmdb.misbehave([{ ids: [brokenOnce], times: 2, answer: { status: 422 } }]);
    const [lote] = await pipeline.lotesOf([known, brokenOnce]);
    await pipeline.consume([lote]);
    const letters = await pipeline.take("DeadLetterQueue");
    await pipeline.collect(letters);
    expect((await pipeline.ledger()).map(({ reason }) => reason)).toEqual(["invalid_response"]);
    // Its replay, in which it fails again; then one in which it does not, so that the ledger is removed.
    await pipeline.consume(letters);
    await pipeline.collect(await pipeline.take("DeadLetterQueue"));
    await pipeline.consume(letters);
    await pipeline.collect(await pipeline.take("DeadLetterQueue"));
    expect(await pipeline.ledger()).toEqual([]);
    expect(await pipeline.lote(1)).toHaveLength(2);

    // A later upload, whose producer removes the lotes and the ledger of the one before.
    await pipeline.consume([lote]);
    const [withUnknown] = await pipeline.lotesOf([known, unknown]);
    // The collector is asked to close it too early, and asks again.
    const closing = { version: 2, kind: "closing", run: JSON.parse(withUnknown.body).run, date: DATE };
    await pipeline.collect([{ ...withUnknown, body: JSON.stringify(closing) }]);
    await pipeline.consume([withUnknown]);
    await pipeline.collect(await pipeline.take("DeadLetterQueue"));
    const [superseded] = await pipeline.lotesOf([known]);

    // A consumer whose run is superseded while it works, so that it takes its lote back.
    await pipeline.tmdb.misbehave([{ ids: [known], times: 1, answer: { status: 503 } }]);
    const working = pipeline.consume([superseded]);
    const before = (await pipeline.tmdb.stats()).requests;
    await vi.waitUntil(async () => (await pipeline.tmdb.stats()).requests > before, { timeout: 120_000, interval: 10 });
    const run = { ...(await pipeline.runFile()), run: "of-a-later-upload" };
    await put(runKey(DATE), JSON.stringify(run));
    await working;
    expect(await pipeline.lote(1)).toEqual([]);

    // A consumer that could not take it back, so that SQS gave the lote up.
    const metadata = { run: JSON.parse(superseded?.body ?? "").run };
    await put(loteKey(DATE, 1), "{}\n", metadata);
    await pipeline.collect([superseded]);
    expect(await pipeline.lote(1)).toEqual([]);

    // A collector that died with what it wrote on its way, and its message was moved to LoteQueue.
    for (const key of [ledgerKey(DATE), ledgerPartKey(DATE, 1)]) await put(key, "{}\n", { ...metadata, lotes: "1" });
    await pipeline.consume([superseded]);
    expect(await pipeline.ledger()).toEqual([]);

    // A message that can't be consumed, alone in its invocation.
    const stranger = { ...superseded, messageId: "stranger", body: "not a lote" };
    expect(await pipeline.consume([stranger])).toEqual({ batchItemFailures: [{ itemIdentifier: "stranger" }] });

    // A CSV that can't be used, and one that would be if its upload demanded it.
    await pipeline.produce(await pipeline.drop(""));
    await pipeline.produce(await pipeline.drop(csvOf(["too|short", row({ id: "tt0000001", votes: "20.000" })])));
    for (const each of functions.values()) printed.push(...(await each.stop()));
    await pipeline.stop();
  });

  function start(service: FunctionName, pipeline: Pipeline): Promise<DeployedFunction> {
    const { name, handler, environment } = resourceOf(graph, "Function", COMPONENTS[service]) as {
      name: string;
      handler: string;
      environment: { variables: Record<string, string> };
    };
    const resources: Record<string, object> = {
      DataLake: { name: pipeline.services.bucket },
      LoteQueue: { url: pipeline.services.queueUrl("LoteQueue") },
      DeadLetterQueue: { url: pipeline.services.queueUrl("DeadLetterQueue") },
      TmdbToken: { value: "the-token-of-the-tests" },
    };
    return DeployedFunction.start({
      taskRoot: path.join(folder, service),
      handler,
      name,
      links: Object.fromEntries(Object.keys(deployed(service).links).map((link) => [link, resources[link] ?? {}])),
      environment: { ...environment.variables, TMDB_BASE_URL: pipeline.tmdb.url },
      endpoint: pipeline.services.emulator.url,
    });
  }

  /** The call as IAM judges it, on the resources of the stack. */
  function callOf(request: AwsRequest): Grant {
    if (request.service === "sqs") {
      const queue = resourceOf(graph, "Queue", request.queueUrl.split("/").at(-1)).name;
      // SQS has no permission of its own for batches.
      return {
        action: `sqs:${request.operation.replace(/Batch$/, "")}`,
        resource: `arn:aws:sqs:us-east-1:123456789012:${queue}`,
      };
    }
    const bucket = `arn:aws:s3:::${resourceOf(graph, "Bucket").bucket}`;
    if (request.key === "") return { action: "s3:ListBucket", resource: bucket };
    const action = { GET: "GetObject", HEAD: "GetObject", PUT: "PutObject", DELETE: "DeleteObject" }[request.method];
    return { action: `s3:${action}`, resource: `${bucket}/${request.key}` };
  }

  test("do nothing that their roles don't allow", () => {
    expect(calls.length).toBeGreaterThan(30);
    const refused = calls.filter(
      ({ service, call }) => !grantsOf(graph, COMPONENTS[service]).some((grant) => covers(grant, call)),
    );
    expect(refused).toEqual([]);
  });

  test("use everything that their roles allow", () => {
    const unused = SERVICES.flatMap((service) =>
      grantsOf(graph, COMPONENTS[service])
        .filter((grant) => !calls.some(({ service: by, call }) => by === service && covers(grant, call)))
        .map(
          ({ action, resource }) =>
            `${service} ${action} ${resource
              .split(":")
              .at(-1)
              ?.replace(/-[a-z]+$/, "")}`,
        ),
    );
    const byLambda = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    expect(unused.filter((grant) => !grant.includes(" logs:")).sort()).toEqual(
      [
        // Used for runs of more than 50 lotes.
        ...LEDGER_PART_GRANTS.map(
          (grant) => `${grant} ${resourceOf(graph, "Bucket").bucket}/${ledgerPartPrefix("*")}*`,
        ),
        // Used with REUSE_HOURS alone, which is 0 here.
        `producer s3:GetObject ${resourceOf(graph, "Bucket").bucket}/${manifestKey("*")}`,
        `producer s3:GetObjectVersion ${resourceOf(graph, "Bucket").bucket}/${lotePrefix("*")}*`,
        // Lambda's, in the functions' names.
        ...byLambda.map((action) => `consumer ${action} lotes-prod-LoteQueueQueue`),
        ...byLambda.map((action) => `collector ${action} lotes-prod-DeadLetterQueueQueue`),
        "producer sqs:SendMessage lotes-prod-ProducerFailuresQueue",
      ].sort(),
    );
  });

  test("print the metrics that the alarms and the dashboard look for", () => {
    const measured = new Set(printed.map((line) => JSON.parse(line)).flatMap(metricsIn));
    expect(measured).toEqual(new Set(metricsWatched(graph)));
  });

  test("log one error for a message that fails", () => {
    const errors = printed.map((line) => JSON.parse(line)).filter(({ level }) => level === "ERROR");
    expect(errors.filter(({ service }) => service === "consumer")).toEqual([
      expect.objectContaining({ message: "the message failed, and will be delivered again" }),
    ]);
  });

  test("log JSON that names the run, the date and the lote, and never the token", () => {
    const log = printed.map((line) => JSON.parse(line)).filter(({ _aws }) => _aws === undefined);
    expect(log.find(({ message }) => message === "lote done")).toMatchObject({
      level: "INFO",
      service: "consumer",
      run: expect.stringMatching(/^[0-9a-f]{16}$/),
      date: DATE,
      lote: 1,
    });
    expect(printed.join("\n")).not.toContain("the-token-of-the-tests");
  });
});
