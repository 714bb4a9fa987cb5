import { S3ObjectStore } from "@lotes/aws";
import { type Account, Accountant, declareFinished, type RunDate } from "@lotes/core";
import { LocalStack } from "@lotes/local";
import type { Csv } from "./csv-file.ts";
import { uploadCsv } from "./csv-upload.ts";
import { EXIT } from "./exit-code.ts";
import { keepFiles, outputFiles } from "./keep-files.ts";
import { LogFile } from "./log-file.ts";
import { note } from "./output.ts";
import { Progress } from "./progress.ts";
import { withReport } from "./run-report.ts";
import { RunWatch } from "./run-watch.ts";
import { STOP_GRACE_MS } from "./stopping.ts";
import type { RunResult } from "./summary.ts";
import { endedEarly } from "./unfinished-run.ts";

export interface LocalRun {
  readonly csv: Csv;
  readonly date: RunDate;
  /** Where the files go. */
  readonly out: string;
  /** Of the functions. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Requests to TMDB per second. */
  readonly budget: number;
  /** Ends the run early. What was fetched by then is kept. */
  readonly signal: AbortSignal;
}

const LOG_FILE = ".lotes/run.log";

/**
 * Runs the pipeline in a stack of its own, and copies the files. The exit code tells when they are not where they were asked for.
 * @throws {InterruptedError} which says what was kept
 */
export async function runHere(run: LocalRun): Promise<Omit<RunResult, "isToday">> {
  const { date, out, environment, signal } = run;
  const watch = new RunWatch();
  const log = new LogFile(LOG_FILE, "w", note);
  const stack = await LocalStack.start({
    settings: environment,
    onLog: (line) => {
      log.write(line);
      watch.onLogLine(line);
    },
    onProducerGivenUp: (error) => watch.onProducerGivenUp(error),
    onUnloadable: (functionName, error) => watch.onUnloadable(functionName, error),
  });
  const { bucket, clientConfig } = stack.services;
  const store = new S3ObjectStore(bucket, clientConfig);
  const accountant = new Accountant(store, date);
  // Nobody can talk to this stack any more when the page is read.
  const place = { name: "this machine", bucket, store, budget: run.budget };
  const files = () => withReport(outputFiles(store, date), place, date, note);
  const keep = () => keepFiles(files, { out, signal, tell: note });
  try {
    const started = performance.now();
    const settled = await untilSettled(run, stack, accountant, watch).catch(async (error) => {
      throw await endedEarly(signal.aborted ? signal.reason : error, { stack, store, date, accountant, keep });
    });
    const seconds = (performance.now() - started) / 1000;
    // The last consumer may be about to say how many requests it has sent.
    await stack.drain(STOP_GRACE_MS);
    await declareFinished(store, date);
    const account = (await accountant.account()) ?? settled;
    const { directory, files, refused } = await keep();
    if (refused !== undefined) {
      note(`! The files can't be written to ${refused}; they are in ${directory}/ instead`);
      process.exitCode = EXIT.failed;
    }
    return { date, bucket, account, requests: watch.requests, seconds, out: directory, files, logFile: log.path };
  } finally {
    await stack.stop(STOP_GRACE_MS);
    store.close();
    log.end();
  }
}

/** Drops the CSV and waits until every id is accounted for. */
async function untilSettled(
  { csv, date, budget, signal }: LocalRun,
  stack: LocalStack,
  accountant: Accountant,
  watch: RunWatch,
): Promise<Account> {
  signal.throwIfAborted();
  signal.addEventListener("abort", () => csv.stream.destroy(signal.reason), { once: true });
  await uploadCsv(csv, date, stack.services);
  const progress = new Progress(budget);
  return watch.untilSettled(accountant, progress, signal).finally(() => progress.end());
}
