import type { Command } from "commander";
import { COMMAND } from "../command-name.ts";
import { JSON_HELP, TARGETS } from "../help.ts";
import { stageOption, wholeNumber } from "../options.ts";

const PORT = 4580;
const MOST_PORT = 65_535;

/** Serves the page of a stack or a stage on this machine until it is interrupted. */
export function console(program: Command): void {
  program
    .command("console")
    .description("serve a page on 127.0.0.1: see the run, find the id, send it back")
    .option(
      "--port <n>",
      `where to listen; 0 for any free port (default: ${PORT}, or any free one if that is taken)`,
      wholeNumber(MOST_PORT, 0),
    )
    .option("--open", "open it in the browser")
    .addOption(stageOption())
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
Examples:
  ${COMMAND} console --open
  ${COMMAND} console --stage prod${TARGETS}`,
    )
    .action(async ({ port, open, stage, json }) => {
      const { loadSettings } = await import("@lotes/core");
      const { startConsole } = await import("../console-server.ts");
      const { Interruption } = await import("../interruption.ts");
      const { openInBrowser } = await import("../open-in-browser.ts");
      const { note, printJson, printLines } = await import("../output.ts");
      const { openTarget } = await import("../target.ts");

      const settings = loadSettings(process.env);
      using interruption = new Interruption();
      using target = await openTarget();
      const start = { target, settings, stage, port: port ?? PORT, isWish: port === undefined };
      const server = await startConsole(start);
      try {
        const { address } = server;
        if (json) printJson({ url: address, place: target.name, pid: process.pid });
        else printLines([`The page of ${target.name}:`, "", `  ${address}`, "", "Ctrl-C stops it."]);
        if (open) openInBrowser(address, note);
        await interruption.requested();
      } finally {
        await server.stop();
      }
      // An interruption is the usual end of this command.
      interruption.throwIfBroken();
    });
}
