import { once } from "node:events";
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { inputKey, loadSettings } from "@lotes/core";
import { LocalStack } from "@lotes/local";
import { inputFolder } from "../documents.ts";
import { LOCAL_DATA_DIR, LOCAL_LOG_FILE, LOCAL_STATE_FILE, type LocalState } from "../local-state.ts";
import { note, printJson, printLines } from "../output.ts";
import { tmdbForRun } from "../tmdb-for-run.ts";
import { today } from "../today.ts";

export interface LocalOptions {
  readonly port: number;
  readonly json?: boolean;
}

/** Keeps the local stack up until it is interrupted, and everything in it beyond that. */
export async function local({ port, json = false }: LocalOptions): Promise<void> {
  const settings = loadSettings(process.env);
  await using tmdb = await tmdbForRun(settings.tmdb);
  mkdirSync(LOCAL_DATA_DIR, { recursive: true });
  const log = createWriteStream(LOCAL_LOG_FILE, { flags: "a" });
  const stack = await LocalStack.start({
    settings: { ...process.env, ...tmdb.settings },
    port,
    dataDir: LOCAL_DATA_DIR,
    onLog: (line) => {
      log.write(`${JSON.stringify(line)}\n`);
      if (line.level === "ERROR") note(`${line.service}: ${line.message}`);
    },
    onProducerGivenUp: (error) => note(`the producer failed for good: ${error.message}; see ${LOCAL_LOG_FILE}`),
  });
  const { url } = stack.services.emulator;
  const state: LocalState = { url };
  writeFileSync(LOCAL_STATE_FILE, JSON.stringify(state));
  if (json) {
    const { bucket } = stack.services;
    printJson({ url, input: inputFolder(bucket), started_at: new Date().toISOString(), log: LOCAL_LOG_FILE });
  } else printLines(welcome(url, stack.services.bucket));

  await interrupted();
  note("");
  note("Stopping: what runs comes to its end first. Press Ctrl-C again to leave it; it will be done again next time.");
  process.once("SIGINT", () => process.exit(1));
  rmSync(LOCAL_STATE_FILE, { force: true });
  await stack.stop();
  log.end();
}

function interrupted(): Promise<unknown> {
  return Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}

function welcome(url: string, bucket: string): string[] {
  return [
    "",
    `The local stack is up: S3 and SQS at ${url}, its state in ${LOCAL_DATA_DIR}/`,
    "",
    "In another terminal, in the same directory:",
    "",
    "  lotes ingest movies.csv     drops a CSV",
    "  lotes status --watch        follows it",
    "  lotes errors                tells what failed; lotes replay sends it again",
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
