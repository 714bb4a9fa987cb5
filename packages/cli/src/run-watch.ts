import type { Account, Accountant } from "@lotes/core";
import type { LogLine } from "@lotes/local";
import { pollAccounts } from "./poll-accounts.ts";
import type { Progress } from "./progress.ts";
import { TmdbTroubles } from "./tmdb-trouble.ts";
import { csvRejected, UserError } from "./user-error.ts";

// A bar that is drawn four times a second looks alive.
const POLL_INTERVAL_MS = 250;

/** Follows a run on this machine: what the functions log, and what they have written. */
export class RunWatch {
  #requests = 0;
  #troubles: string[] = [];
  #producerError: Error | undefined;
  #unloadable: UserError | undefined;
  readonly #tmdbTroubles = new TmdbTroubles();

  /** Requests to TMDB, as far as the consumers have logged them. */
  get requests(): number {
    return this.#requests;
  }

  onLogLine(line: LogLine): void {
    const { level, service, message, fields } = line;
    if (typeof fields.requests === "number") this.#requests += fields.requests;
    if (level === "ERROR") this.#troubles.push(`${service}: ${message}${causeIn(fields)}`);
    const trouble = this.#tmdbTroubles.lineOf(line);
    if (trouble !== undefined) this.#troubles.push(trouble);
  }

  onProducerGivenUp(error: Error): void {
    this.#producerError = error;
  }

  onUnloadable(functionName: string, cause: Error): void {
    this.#unloadable ??= new UserError(`the ${functionName} can't be run here: ${cause.message}; see .lotes/run.log`, {
      cause,
    });
  }

  /**
   * Waits until every id is accounted for.
   * @param signal ends the waiting; its reason is what is thrown
   * @throws {UserError} when that will never be: the CSV was rejected, the producer failed for good, or a function can't be run
   */
  async untilSettled(accountant: Accountant, progress: Progress, signal: AbortSignal): Promise<Account> {
    for await (const account of pollAccounts(accountant, { intervalMs: POLL_INTERVAL_MS, signal })) {
      for (const trouble of this.#troubles.splice(0)) progress.note(trouble);
      if (account) assertGoesOn(account);
      if (this.#producerError) {
        const message = `the producer failed for good: ${this.#producerError.message}; see .lotes/run.log`;
        throw new UserError(message, { code: "producer_gave_up", cause: this.#producerError });
      }
      if (this.#unloadable) throw this.#unloadable;
      if (account) progress.show(account, this.#requests);
      if (account?.settled) return account;
    }
    throw signal.reason;
  }
}

/** @throws {UserError} when the run was rejected or cancelled */
function assertGoesOn({ run }: Account): void {
  if (run.status === "rejected") throw csvRejected(run.error);
  if (run.status !== "cancelled") return;
  throw new UserError("the run was cancelled: what was stored by then stays", { code: "cancelled" });
}

/** What Powertools' logger tells of an error it was given. */
function causeIn({ error }: LogLine["fields"]): string {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === "string" ? `: ${message}` : "";
}
