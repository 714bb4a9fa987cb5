import { setTimeout as delay } from "node:timers/promises";
import type { Account, Accountant } from "@lotes/core";

export interface PollOptions {
  /** The wait between two accounts. */
  readonly intervalMs: number;
  /** Ends the accounts. */
  readonly signal?: AbortSignal;
}

/**
 * Follows a run: reads its account again and again, until the caller leaves the loop or `signal` is aborted.
 * @returns undefined in the place of an account as long as the date has no run
 */
export async function* pollAccounts(
  accountant: Pick<Accountant, "account">,
  { intervalMs, signal }: PollOptions,
): AsyncGenerator<Account | undefined, void> {
  while (!signal?.aborted) {
    yield await accountant.account();
    // The signal ends the wait, which is no error here.
    await delay(intervalMs, undefined, { ...(signal && { signal }) }).catch(() => {});
  }
}
