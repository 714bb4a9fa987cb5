import type { LocalStackOptions } from "@lotes/local";
import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { JSON_HELP } from "../help.ts";
import type { LogFile } from "../log-file.ts";
import { wholeNumber } from "../options.ts";

// AWS's own stand-ins listen there.
const PORT = 4566;
const MOST_PORT = 65_535;

/** Runs the local stack until it is interrupted. Its state is kept for the next start. */
export function local(program: Command): void {
  program
    .command("local")
    .description("keep the local stack up: S3, SQS and the functions on this machine, with their state in .lotes/")
    .option("--port <n>", "where to listen on 127.0.0.1; 0 for any free port", wholeNumber(MOST_PORT, 0), PORT)
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Example:
  ${COMMAND} local          and in another terminal: ${COMMAND} ingest movies.csv`,
    )
    .action(async ({ port, json }) => {
      const { loadSettings } = await import("@lotes/core");
      const { LocalStack } = await import("@lotes/local");
      const { lockDataDir } = await import("@lotes/local/data-dir-lock");
      const { startConsole } = await import("../console-server.ts");
      const { inDataDir } = await import("../data-dir.ts");
      const { inputFolder } = await import("../documents.ts");
      const { Interruption } = await import("../interruption.ts");
      const { welcomeLines } = await import("../local-stack-text.ts");
      const { announce, LOCAL_DATA_DIR, LOCAL_LOG_FILE } = await import("../local-state.ts");
      const { LogFile } = await import("../log-file.ts");
      const { note, printJson, printLines } = await import("../output.ts");
      const { STOP_GRACE_MS, stoppingLine } = await import("../stopping.ts");
      const { local: localTarget } = await import("../target.ts");
      const { tmdbForRun } = await import("../tmdb-for-run.ts");
      const { TmdbTroubles } = await import("../tmdb-trouble.ts");

      const settings = loadSettings(process.env);
      using interruption = new Interruption();
      // The data directory is checked first: the wait for TMDB would last as long as the other stack is up.
      await inDataDir(async () => lockDataDir(LOCAL_DATA_DIR)());
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
      const stack = await inDataDir(() => LocalStack.start(options));
      try {
        // The log is opened only now, since a second stack must not write into the first one's log.
        log = new LogFile(LOCAL_LOG_FILE, "a", note);
        const { emulator, bucket } = stack.services;
        const state = { url: emulator.url, pid: process.pid };
        using _announcement = announce(state);
        using target = localTarget(state);
        await using page = await startConsole({ target, settings, port: port && port + 1, isWish: true });
        const { address } = page;
        const started_at = new Date().toISOString();
        if (json)
          printJson({ ...state, console: address, input: inputFolder(bucket), started_at, log: LOCAL_LOG_FILE });
        else printLines(welcomeLines(state.url, bucket, address));
        await interruption.requested();
        note(stoppingLine("what does not is done again when it is started again"));
      } finally {
        await stack.stop(STOP_GRACE_MS);
        log?.end();
      }
      // An interruption is the usual end of this command.
      interruption.throwIfBroken();
    });
}
