import { tellFailure } from "./failure.ts";
import { programWithCompletion } from "./program.ts";

try {
  await programWithCompletion().parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.slice(2));
}
