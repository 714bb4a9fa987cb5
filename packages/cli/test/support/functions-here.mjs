/** Loaded into a `lotes` under test before anything else: it runs its functions by itself, and so begins and ends in a third of the time. */
import { enableCompileCache } from "node:module";

enableCompileCache();
const { runFunctionsHere } = await import("@lotes/functions/testing/functions-here");
runFunctionsHere(process.env.LOTES_TEST_FUNCTIONS);
