import { inputKey, loadSettings } from "@lotes/core";
import { DataDirError, DataDirInUseError, LocalStack, type LocalStackOptions } from "@lotes/local";
import { lockDataDir } from "@lotes/local/data-dir-lock";
import { COMMAND } from "../command-name.ts";
import { inputFolder } from "../documents.ts";
import { Interruption } from "../interruption.ts";
import { announce, announced, LOCAL_DATA_DIR, LOCAL_LOG_FILE, type LocalState } from "../local-state.ts";
import { LogFile } from "../log-file.ts";
import { note, printJson, printLines } from "../output.ts";
import { STOP_PATIENCE_MS, stoppingLine } from "../stopping.ts";
import { tmdbForRun } from "../tmdb-for-run.ts";
import { TmdbTroubles } from "../tmdb-trouble.ts";
import { today } from "../today.ts";
import { UserError } from "../user-error.ts";

export interface LocalOptions {
  readonly port: number;
  readonly json?: boolean;
}

/** Keeps the local stack up until it is asked to end, and everything in it beyond that. */
export async function local({ port, json = false }: LocalOptions): Promise<void> {
  const settings = loadSettings(process.env);
  using interruption = new Interruption();
  // Before it waits for the other to let go of TMDB: that would be for as long as it is up.
  await here(async () => lockDataDir(LOCAL_DATA_DIR)());
  await using tmdb = await tmdbForRun(settings.tmdb, interruption.signal);
  let log: LogFile | undefined;
  const troubles = new TmdbTroubles();
  const options: LocalStackOptions = {
    settings: { ...process.env, ...tmdb.settings },
    port,
    dataDir: LOCAL_DATA_DIR,
    onLog: (line) => {
      log?.write(line);
      if (line.level === "ERROR") note(`${line.service}: ${line.message}`);
      const trouble = troubles.lineOf(line);
      if (trouble !== undefined) note(trouble);
    },
    onProducerGivenUp: (error) => note(`the producer failed for good: ${error.message}; see ${LOCAL_LOG_FILE}`),
  };
  const stack = await here(() => LocalStack.start(options));
  try {
    // Only now: a second stack must not write into the first one's log.
    log = new LogFile(LOCAL_LOG_FILE, "a", note);
    const { emulator, bucket } = stack.services;
    const state: LocalState = { url: emulator.url, pid: process.pid };
    using _announcement = announce(state);
    const started_at = new Date().toISOString();
    if (json) printJson({ ...state, input: inputFolder(bucket), started_at, log: LOCAL_LOG_FILE });
    else printLines(welcome(state.url, bucket));
    await interruption.requested();
    note(stoppingLine("what does not is done again when it is started again"));
  } finally {
    await stack.stop(STOP_PATIENCE_MS);
    log?.end();
  }
  // To be asked to end is how it ends.
  interruption.throwIfBroken();
}

/** @throws {UserError} when this directory is another stack's, or can't be used */
async function here<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataDirInUseError) throw new UserError(inUse(announced()), { cause: error });
    if (error instanceof DataDirError) throw new UserError(error.message, { cause: error });
    throw error;
  }
}

function inUse(first: LocalState | undefined): string {
  const which = first ? `pid ${first.pid}, at ${first.url}` : "it is about to start or to end";
  return `a \`${COMMAND} local\` is up in this directory already (${which}): use that one, stop it, or start this one in another directory`;
}

function welcome(url: string, bucket: string): string[] {
  return [
    "",
    `The local stack is up: S3 and SQS at ${url}, its state in ${LOCAL_DATA_DIR}/`,
    "",
    "In another terminal, in the same directory:",
    "",
    `  ${COMMAND} ingest movies.csv     drops a CSV`,
    `  ${COMMAND} status --watch        follows it`,
    `  ${COMMAND} errors                tells what failed; ${COMMAND} replay sends it again`,
    "",
    "Or with the AWS CLI:",
    "",
    "  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1",
    `  aws --endpoint-url ${url} s3 cp movies.csv \\`,
    `    s3://${bucket}/${inputKey(today())}`,
    "",
    "Ctrl-C stops it. Started again, it goes on where it was.",
    "",
  ];
}
