import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import { bundleHandler } from "@lotes/bundler";
import { FUNCTIONS } from "@lotes/bundler/function-code";
import { Accountant, inputKey } from "@lotes/core";
import { LocalStack, startTmdbStandIn } from "@lotes/local";
import { movie } from "./budget.ts";
import { root } from "./machine.ts";

const DATE = "2026/11/23";
const TOKEN = "token";
const LOOK_MS = 50;

export interface PipelineRunOptions {
  readonly ids: number;
  readonly requestsPerSecond: number;
  readonly latencyMs: number;
  /** Whether the server keeps to the budget too. */
  readonly limited: boolean;
  /** What goes on beside the run, from before its drop to its end. */
  readonly beside?: (stack: LocalStack, date: string) => Promise<AsyncDisposable>;
}

export interface PipelineRun {
  /** From the drop to the last file. */
  readonly seconds: number;
  /** Between the first and the last request at the server. */
  readonly fetchingSeconds: number;
  readonly requests: number;
  readonly cpuSeconds: number;
}

/** A run of the whole local stack with what is deployed: the bundles of the functions, two consumers, lotes of 100. */
export async function pipelineRun({
  ids,
  requestsPerSecond,
  latencyMs,
  limited,
  beside,
}: PipelineRunOptions): Promise<PipelineRun> {
  const facts = Array.from({ length: ids }, (_, n) => movie(1_000_000 + n));
  const tmdb = await startTmdbStandIn({ facts, token: TOKEN, latencyMs, ...(limited && { requestsPerSecond }) });
  const folder = await mkdtemp(path.join(tmpdir(), "lotes-bench-"));
  const stack = await LocalStack.start({
    handlers: await bundles(folder),
    settings: { TMDB_TOKEN: TOKEN, TMDB_BASE_URL: tmdb.url, TMDB_REQUESTS_PER_SECOND: String(requestsPerSecond) },
  });
  const { bucket, clientConfig } = stack.services;
  const store = new S3ObjectStore(bucket, clientConfig);
  const s3 = new S3Client(clientConfig);
  const running = await beside?.(stack, DATE);
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: inputKey(DATE), Body: csvOf(ids) }));
  const accountant = new Accountant(store, DATE);
  const isDone = async () => (await tmdb.stats()).requests >= ids && (await accountant.account())?.settled;
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { requests, firstArrivalAt, lastArrivalAt } = await tmdb.stats();
  await running?.[Symbol.asyncDispose]();
  store.close();
  s3.destroy();
  await stack.stop();
  await tmdb.stop();
  await rm(folder, { recursive: true });
  return {
    seconds,
    fetchingSeconds: ((lastArrivalAt ?? 0) - (firstArrivalAt ?? 0)) / 1000,
    requests,
    cpuSeconds: (user + system) / 1e6,
  };
}

/**
 * Bundles the functions as they are deployed.
 * @param project the folder of this project, or of an earlier build
 */
export async function bundles(folder: string, project = root): Promise<(functionName: string) => string> {
  const bundled = FUNCTIONS.map(async (name) => {
    const { file } = await bundleHandler(project, `packages/functions/src/${name}.handler`, path.join(folder, name));
    return [name, pathToFileURL(file).href] as const;
  });
  const files = new Map<string, string>(await Promise.all(bundled));
  return (functionName) => files.get(functionName) ?? "";
}

function csvOf(ids: number): string {
  const rows = Array.from({ length: ids }, (_, n) => `tt${1_000_000 + n}|1994|Crime|20000`);
  return `${["id|anoLancamento|genero|numeroVotos", ...rows].join("\n")}\n`;
}
