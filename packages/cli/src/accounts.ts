import { setTimeout as delay } from "node:timers/promises";
import type { Account, Accountant } from "@lotes/core";

export interface Looks {
  /** From one account to the next. */
  readonly everyMs: number;
  /** Ends the accounts. */
  readonly signal?: AbortSignal;
}

/**
 * Follows a run: its account again and again, until whoever follows it has seen enough.
 * @returns undefined in the place of an account as long as the date has no run
 */
export async function* accounts(
  accountant: Pick<Accountant, "take">,
  { everyMs, signal }: Looks,
): AsyncGenerator<Account | undefined, void> {
  while (!signal?.aborted) {
    yield await accountant.take();
    // To be aborted is no error here.
    await delay(everyMs, undefined, { ...(signal && { signal }) }).catch(() => {});
  }
}
