import { endWithReaders } from "@lotes/node/readers";
import { programWithCompletion, runCommand } from "./program.ts";

/** As Node exits when an ES module waits for what never comes. */
const NEVER_ENDED = 13;

// The bundle is a script, which can't wait as a module does.
async function main(): Promise<void> {
  const neverEnded = () => {
    process.exitCode = NEVER_ENDED;
  };
  process.once("beforeExit", neverEnded);
  process.exitCode = (await runCommand(programWithCompletion(), process.argv.slice(2))) ?? process.exitCode;
  process.off("beforeExit", neverEnded);
}

endWithReaders("lotes");
void main();
