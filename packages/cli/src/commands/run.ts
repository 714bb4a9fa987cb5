import { S3ObjectStore } from "@lotes/aws";
import { type Account, Accountant, loadSettings, type RunDate } from "@lotes/core";
import { LocalStack } from "@lotes/local";
import { assertUsable, type Csv, openCsv } from "../csv-file.ts";
import { drop } from "../csv-upload.ts";
import { EXIT } from "../exit-code.ts";
import { Interruption } from "../interruption.ts";
import { keepFiles, outputFiles } from "../keep-files.ts";
import { LogFile } from "../log-file.ts";
import { note } from "../output.ts";
import { OutputDirectory } from "../output-directory.ts";
import { Progress } from "../progress.ts";
import { RunWatch } from "../run-watch.ts";
import { STOP_PATIENCE_MS } from "../stopping.ts";
import { judge } from "../strict.ts";
import { printResult, printSummary, type RunResult } from "../summary.ts";
import { tmdbForRun } from "../tmdb-for-run.ts";
import { today } from "../today.ts";
import { endedEarly } from "../unfinished-run.ts";

export interface RunOptions {
  readonly date?: RunDate;
  readonly out: string;
  readonly force?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const LOG_FILE = ".lotes/run.log";

/** Runs the whole pipeline on this machine, from the drop of the CSV to the copied result. */
export async function run(
  csvPath: string | undefined,
  { date: given, out, force = false, strict = false, json = false }: RunOptions,
): Promise<void> {
  const date = given ?? today();
  const settings = loadSettings(process.env);
  const budget = settings.tmdb.requestsPerSecond;
  using interruption = new Interruption();
  const { signal } = interruption;
  const csv = await openCsv(csvPath, force);
  // Before anything is asked of TMDB: what was fetched must have where to go.
  await new OutputDirectory(out).check();
  if (csvPath !== undefined) await assertUsable(csvPath, settings, force);
  await using tmdb = await tmdbForRun(settings.tmdb, signal);

  const watch = new RunWatch();
  const log = new LogFile(LOG_FILE, "w", note);
  const stack = await LocalStack.start({
    settings: { ...process.env, ...tmdb.settings },
    onLog: (line) => {
      log.write(line);
      watch.heard(line);
    },
    onProducerGivenUp: (error) => watch.producerGaveUp(error),
    onUnloadable: (functionName, error) => watch.unloadable(functionName, error),
  });
  const store = new S3ObjectStore(stack.services.bucket, stack.services.clientConfig);
  const accountant = new Accountant(store, date);
  const keep = () => keepFiles(() => outputFiles(store, date), { out, signal, tell: note });
  let result: RunResult;
  try {
    const started = performance.now();
    const account = await settled({ csv, date, stack, accountant, watch, signal, budget }).catch(async (error) => {
      throw await endedEarly(signal.aborted ? signal.reason : error, { stack, store, date, accountant, keep });
    });
    const seconds = (performance.now() - started) / 1000;
    // The last consumer may be about to say how many requests it has sent.
    await stack.drain(STOP_PATIENCE_MS);
    const { directory, files, refused } = await keep();
    if (refused !== undefined) {
      note(`! The files can't be written to ${refused}; they are in ${directory}/ instead`);
      process.exitCode = EXIT.failed;
    }
    const { bucket } = stack.services;
    const { requests } = watch;
    const isToday = given === undefined;
    result = { date, isToday, bucket, account, requests, seconds, out: directory, files, logFile: log.path };
  } finally {
    await stack.stop(STOP_PATIENCE_MS);
    store.close();
    log.end();
  }
  if (json) printResult(result);
  else printSummary(result, budget);
  if (process.exitCode === undefined) judge(result.account, strict);
  interruption.throwIfBroken();
}

interface Dropped {
  readonly csv: Csv;
  readonly date: RunDate;
  readonly stack: LocalStack;
  readonly accountant: Accountant;
  readonly watch: RunWatch;
  readonly signal: AbortSignal;
  readonly budget: number;
}

/** Drops the CSV and waits until every id is accounted for. */
async function settled({ csv, date, stack, accountant, watch, signal, budget }: Dropped): Promise<Account> {
  signal.throwIfAborted();
  signal.addEventListener("abort", () => csv.stream.destroy(signal.reason), { once: true });
  await drop(csv, date, stack.services);
  const progress = new Progress(budget);
  return watch.untilSettled(accountant, progress, signal).finally(() => progress.end());
}
