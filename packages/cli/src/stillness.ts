import { type Account, diagnose, isAnythingIn, type Queues } from "@lotes/core";

/** AWS says that SQS's counts may be wrong for a minute after the last message was sent. This is twice that. */
export const STILL_SECONDS = 120;

/**
 * The collector's own question whether the run has settled is in the DeadLetterQueue most of the time, since it comes back every few seconds. A
 * report of failures would be there, or be at work, all the time: in so many looks the queue was empty, so there is none.
 */
const LOOKS_WITHOUT_REPORTS = 5;

/** What an account shares with the one before it as long as nothing of its run has changed. */
type State = Pick<Account, "run" | "stored" | "failures">;

/**
 * Knows whether anything may still happen to a run by itself. A lote that waits, is hidden after a failure or is worked on is in LoteQueue, and
 * what came of it is in the DeadLetterQueue.
 */
export class Stillness {
  #state: State | undefined;
  #since = 0;
  #looksWithoutReports = 0;

  /**
   * @param now in milliseconds
   * @returns whether no lote was queued and nothing has changed for so long that nothing will
   */
  hasLasted(account: Account, queues: Queues, now: number): boolean {
    const { lotes, deadLetters } = queues;
    if (isAnythingIn(lotes) || !isSame(this.#state, account) || mayBeQueued(account, queues)) {
      this.#state = account;
      this.#since = now;
      this.#looksWithoutReports = 0;
      return false;
    }
    if (deadLetters.visible + deadLetters.inFlight === 0) this.#looksWithoutReports++;
    return now - this.#since >= STILL_SECONDS * 1000 && this.#looksWithoutReports >= LOOKS_WITHOUT_REPORTS;
  }
}

/** The failures are the same array as long as the ledger did not change. */
function isSame(before: State | undefined, { run, stored, failures }: State): boolean {
  return (
    before?.run.run === run.run &&
    before.run.status === run.status &&
    before.stored === stored &&
    before.failures === failures
  );
}

/** Whether Lambda may still call the producer. */
function mayBeQueued(account: Account, queues: Queues): boolean {
  return account.run.status === "queuing" && !diagnose(account, queues).some(({ code }) => code === "producer_gave_up");
}
