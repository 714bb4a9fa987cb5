import { type Account, hasFaults } from "@lotes/core";
import { EXIT } from "./exit-code.ts";

/** Ends the command with 3 if it was called with `--strict` and the run has faults; else what was decided before stays. */
export function judge(account: Account | undefined, strict = false): void {
  if (strict && account && hasFaults(account)) process.exitCode = EXIT.faults;
}
