import { createWriteStream, mkdirSync } from "node:fs";
import { S3ObjectStore } from "@lotes/aws";
import { Accountant, loadSettings, type RunDate } from "@lotes/core";
import { LocalStack } from "@lotes/local";
import { copyOutput } from "../copy-output.ts";
import { drop, openCsv } from "../csv-upload.ts";
import { Progress } from "../progress.ts";
import { RunWatch } from "../run-watch.ts";
import { judge } from "../strict.ts";
import { printResult, printSummary, type RunResult } from "../summary.ts";
import { tmdbForRun } from "../tmdb-for-run.ts";
import { today } from "../today.ts";

export interface RunOptions {
  readonly date?: RunDate;
  readonly out: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const LOG_FILE = ".lotes/run.log";

/** Runs the whole pipeline on this machine, from the drop of the CSV to the copied result. */
export async function run(
  csvPath: string | undefined,
  { date: given, out, strict = false, json = false }: RunOptions,
): Promise<void> {
  const date = given ?? today();
  const settings = loadSettings(process.env);
  const csv = await openCsv(csvPath);
  await using tmdb = await tmdbForRun(settings.tmdb);

  const watch = new RunWatch();
  mkdirSync(".lotes", { recursive: true });
  const log = createWriteStream(LOG_FILE);
  const stack = await LocalStack.start({
    settings: { ...process.env, ...tmdb.settings },
    onLog: (line) => {
      log.write(`${JSON.stringify(line)}\n`);
      watch.heard(line);
    },
    onProducerGivenUp: (error) => watch.producerGaveUp(error),
    onUnloadable: (functionName, error) => watch.unloadable(functionName, error),
  });
  const store = new S3ObjectStore(stack.services.bucket, stack.services.clientConfig);
  let result: RunResult;
  try {
    const started = performance.now();
    await drop(csv, date, stack.services);
    const progress = new Progress(settings.tmdb.requestsPerSecond);
    const account = await watch.untilSettled(new Accountant(store, date), progress).finally(() => progress.end());
    const seconds = (performance.now() - started) / 1000;
    const files = await copyOutput(store, date, out);
    const { bucket } = stack.services;
    const isToday = given === undefined;
    result = { date, isToday, bucket, account, requests: watch.requests, seconds, out, files, logFile: LOG_FILE };
  } finally {
    await stack.stop();
    store.close();
    log.end();
  }
  if (json) printResult(result);
  else printSummary(result, settings.tmdb.requestsPerSecond);
  judge(result.account, strict);
}
