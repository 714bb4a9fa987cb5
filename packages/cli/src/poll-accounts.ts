import { setTimeout as delay } from "node:timers/promises";
import type { Account, Accountant } from "@lotes/core";

export interface PollOptions {
  /** From one account to the next. */
  readonly intervalMs: number;
  /** Ends the accounts. */
  readonly signal?: AbortSignal;
}

/**
 * Follows a run: its account again and again, until whoever follows it has seen enough.
 * @returns undefined in the place of an account as long as the date has no run
 */
export async function* pollAccounts(
  accountant: Pick<Accountant, "account">,
  { intervalMs, signal }: PollOptions,
): AsyncGenerator<Account | undefined, void> {
  while (!signal?.aborted) {
    yield await accountant.account();
    // To be aborted is no error here.
    await delay(intervalMs, undefined, { ...(signal && { signal }) }).catch(() => {});
  }
}
