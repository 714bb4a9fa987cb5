import { tellFailure } from "./failure.ts";
import { programWithCompletion } from "./program.ts";
import { endWithReaders } from "./readers.ts";

endWithReaders();
try {
  await programWithCompletion().parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.slice(2));
}
