import { setTimeout as delay } from "node:timers/promises";
import { type Account, Accountant, diagnose, type Queues, type Replayable, type RunDate } from "@lotes/core";
import { Progress } from "./progress.ts";
import type { Target } from "./target.ts";

// Each look reads the run, the ledger and the lotes that are new: a few requests, in a second.
const LOOK_EVERY_MS = 1_000;

export async function depths({ lotes, deadLetters }: Target): Promise<Queues> {
  const [ofLotes, ofDeadLetters] = await Promise.all([lotes.depth(), deadLetters.depth()]);
  return { lotes: ofLotes, deadLetters: ofDeadLetters };
}

/**
 * Follows the run of a date and shows its progress, and what is in its way.
 * @param isOver whether there is nothing more to wait for
 * @returns the last account that was taken
 */
export async function follow(
  target: Target,
  date: RunDate,
  budget: number,
  isOver: (account: Account) => boolean,
): Promise<Account> {
  const accountant = new Accountant(target.store, date);
  const progress = new Progress(budget);
  const teller = new Teller(progress);
  try {
    for (;;) {
      const account = await accountant.take();
      if (account) {
        progress.show(account);
        if (isOver(account)) return account;
        teller.tell(account, await depths(target));
      } else {
        teller.once("There is no run yet: waiting for the producer.");
      }
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    progress.end();
  }
}

/** Whether a run comes to nothing more by itself. */
export function isFinished({ settled, run }: Account): boolean {
  return settled || run.status === "rejected";
}

/** Whether each replayed id was tried: it has left the ledger, or failed once more. Of a superseded run nothing comes any more. */
export function isReplayed(entries: readonly Replayable[]): (account: Account) => boolean {
  return ({ run, failures, settled }) => {
    if (entries.some((entry) => entry.run !== run.run)) return true;
    const now = new Map(failures.map((entry) => [`${entry.lote} ${entry.imdb_id}`, entry.attempts]));
    const stillOpen = entries.some(
      ({ lote, imdb_id, attempts }) => (now.get(`${lote} ${imdb_id}`) ?? attempts + 1) <= attempts,
    );
    return settled && !stillOpen;
  };
}

/** Tells each thing once. */
class Teller {
  readonly #progress: Progress;
  readonly #told = new Set<string>();
  #run: string | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  tell(account: Account, queues: Queues): void {
    const { run } = account.run;
    if (this.#run !== undefined && this.#run !== run) this.once(`A later upload has superseded run ${this.#run}.`);
    this.#run = run;
    for (const trouble of diagnose(account, queues)) this.once(`! ${trouble}`);
  }

  once(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#progress.note(line);
  }
}
