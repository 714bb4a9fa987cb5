import { endWithReaders } from "@lotes/node/readers";
import { programWithCompletion, runCommand } from "./program.ts";

endWithReaders("lotes");
process.exitCode = (await runCommand(programWithCompletion(), process.argv.slice(2))) ?? process.exitCode;
