import type { Trouble } from "@lotes/core";
import { COMMAND } from "./command-name.ts";

/**
 * Why a command could not be done. A code never changes its meaning: programs go by it.
 */
export const ERROR_CODES = [
  /** The command, its arguments or its options. */
  "wrong_usage",
  /** A variable of the environment, or a line of `.env`. */
  "wrong_setting",
  /** There is neither a local stack nor a deployed stage, or SST can't tell the links of the stage. */
  "no_target",
  /** The date never had a run. */
  "no_run",
  /** The path of the CSV leads to no file. */
  "no_such_file",
  /** The CSV can't be used; nothing was uploaded. */
  "csv_unusable",
  /** The CSV was uploaded, and the producer can't use it. */
  "csv_rejected",
  /** An operator has cancelled the run. */
  "cancelled",
  /** The producer failed three times. */
  "producer_gave_up",
  /** The id is not one of the run's. */
  "not_of_this_run",
  /** The id has neither a record nor a failure yet. */
  "run_at_work",
  /** The id failed for another reason than the one that was asked for. */
  "other_reason",
  /** Another program listens on the port. */
  "port_in_use",
  /** `_run.json`, `erros_geral.json` or a `lote_N.json` holds something else. */
  "unreadable_file",
  /** AWS refused a request, or did not answer. */
  "aws",
  /** The operating system, the network or another program failed. */
  "outside",
  /** A signal, such as Ctrl-C, ended it before it was done. */
  "interrupted",
  /** Something else that one line of text explains. */
  "failed",
  /** A bug of this program. */
  "bug",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface UserErrorOptions extends ErrorOptions {
  readonly code?: ErrorCode;
  /** What else there is to say. */
  readonly troubles?: readonly Trouble[];
}

/** Something the user can put right: shown as one line, without a stack. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly code: ErrorCode;
  readonly troubles: readonly Trouble[];
  readonly exitCode: number = 1;

  constructor(message: string, { code = "failed", troubles = [], ...options }: UserErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.troubles = troubles;
  }
}

/** The command was called in a way it can't be. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;

  constructor(message: string) {
    super(message, { code: "wrong_usage" });
  }
}

/** @param reason why the producer can't use the CSV */
export function csvRejected(reason: string): UserError {
  return new UserError(`the CSV was rejected: ${reason}`, { code: "csv_rejected" });
}

/** @param place the stage, or where the local stack is */
export function noRun(date: string, place: string, troubles: readonly Trouble[] = []): UserError {
  const message = `there is no run of ${date} on ${place}: \`${COMMAND} ingest movies.csv --date ${date}\` starts one`;
  return new UserError(message, { code: "no_run", troubles });
}
