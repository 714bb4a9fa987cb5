import { type Account, hasFaults } from "@lotes/core";
import { EXIT } from "./exit-code.ts";
import { UsageError } from "./user-error.ts";

/** Ends the command with 3 if it was called with `--strict` and the run has faults; else what was decided before stays. */
export function judge(account: Account, strict: boolean): void {
  if (strict && hasFaults(account)) process.exitCode = EXIT.faults;
}

/** @throws {UsageError} when a command that only sends is asked to judge what comes of it */
export function assertFollowed({ strict, watch }: { readonly strict: boolean; readonly watch: boolean }): void {
  if (strict && !watch) throw new UsageError("--strict needs --watch: without it, nobody knows yet what comes of it");
}
