import { programWithCompletion, runCommand } from "./program.ts";
import { endWithReaders } from "./readers.ts";

endWithReaders();
process.exitCode = (await runCommand(programWithCompletion(), process.argv.slice(2))) ?? process.exitCode;
