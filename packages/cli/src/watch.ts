import {
  type Account,
  Accountant,
  diagnose,
  type FailedId,
  type Queues,
  type RunDate,
  type RunFile,
  replayOutcome,
  type Trouble,
} from "@lotes/core";
import { misplacedTroubles } from "./misplaced.ts";
import { formatDuration } from "./output.ts";
import { pollAccounts } from "./poll-accounts.ts";
import type { Progress } from "./progress.ts";
import { STILL_SECONDS, Stillness } from "./stillness.ts";
import type { Target } from "./target.ts";

const STILL_FOR = formatDuration(STILL_SECONDS);

// Each poll reads the run, the ledger and the new lotes, which is a few requests.
const POLL_INTERVAL_MS = 1_000;
// The search for a misplaced CSV takes half a dozen requests. So it is made once in ten polls.
const POLLS_PER_SEARCH = 10;

export async function queueDepths({ lotes, deadLetters }: Target): Promise<Queues> {
  const [ofLotes, ofDeadLetters] = await Promise.all([lotes.depth(), deadLetters.depth()]);
  return { lotes: ofLotes, deadLetters: ofDeadLetters };
}

/**
 * Follows the run of a date and shows its progress, and what is in its way.
 * @param isOver whether what is waited for has come
 * @returns the last account that was taken: `isOver` is false for it if what is waited for will never come, since nothing is queued any more
 */
export async function follow(
  target: Target,
  date: RunDate,
  budget: number,
  isOver: (account: Account) => boolean,
  intervalMs = POLL_INTERVAL_MS,
): Promise<Account> {
  const accountant = new Accountant(target.store, date);
  const { Progress } = await import("./progress.ts");
  const progress = new Progress(budget);
  const notices = new Notices(progress);
  const stillness = new Stillness();
  try {
    let looks = 0;
    for await (const account of pollAccounts(accountant, { intervalMs })) {
      if (account === undefined) {
        await tellUnbegun(target, date, notices, looks++);
        continue;
      }
      progress.show(account);
      if (isOver(account)) return account;
      const queues = await queueDepths(target);
      notices.showTroubles(account, queues);
      if (stillness.hasLasted(account, queues, performance.now())) {
        notices.show(`Nothing is queued, and nothing has changed for ${STILL_FOR}: the waiting ends.`);
        return account;
      }
    }
    throw new Error("the accounts have ended, and nobody has ended them");
  } finally {
    progress.end();
  }
}

async function tellUnbegun(target: Target, date: RunDate, notices: Notices, looks: number): Promise<void> {
  notices.show(`There is no run of ${date} yet: waiting for the producer.`);
  const troubles = looks % POLLS_PER_SEARCH === 0 ? await misplacedTroubles(target, date) : [];
  for (const { message } of troubles) notices.show(`! ${message}`);
}

// The manifest is written within 10 s. An earlier version of the functions writes none.
const LATEST_MANIFEST_MS = 30_000;

/** Whether nothing more happens to a run by itself: it has settled, and its manifest says so; or it was ended. */
export function isFinished({ settled, run, manifest, finishedAt }: Account): boolean {
  if (run.status === "rejected" || run.status === "cancelled" || manifest !== undefined) return true;
  return settled && finishedAt !== undefined && Date.now() - finishedAt.getTime() > LATEST_MANIFEST_MS;
}

/** Whether a run has come to the end that somebody waits for: it was not cancelled, and its ids are not lost. */
export function isDone(account: Account): boolean {
  return account.run.status !== "cancelled" && isFinished(account);
}

/** Why a run that was followed has not come to an end, once nobody waits for that any more. */
export async function whyUnfinished(target: Target, account: Account | undefined): Promise<Trouble[]> {
  return account === undefined || isFinished(account) ? [] : diagnose(account, await queueDepths(target));
}

/** Whether a run is finished, or that of another CSV has taken its place. A run of the same bytes, which were dropped again, is as good. */
export function isFinishedOrSuperseded({ source }: RunFile): (account: Account) => boolean {
  return (account) => account.run.source.etag !== source.etag || isFinished(account);
}

/** Whether each replayed id was tried and the run is settled, or the run was superseded or cancelled. */
export function isReplayed(entries: readonly FailedId[]): (account: Account) => boolean {
  return (account) => {
    const { open, superseded } = replayOutcome(entries, account);
    return superseded || account.run.status === "cancelled" || (isFinished(account) && open === 0);
  };
}

/** Shows each notice once. */
class Notices {
  readonly #progress: Progress;
  readonly #shown = new Set<string>();
  #run: string | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  showTroubles(account: Account, queues: Queues): void {
    const { run } = account.run;
    if (this.#run !== undefined && this.#run !== run) this.show(`A later upload has superseded run ${this.#run}.`);
    this.#run = run;
    for (const { message } of diagnose(account, queues)) this.show(`! ${message}`);
  }

  show(line: string): void {
    if (this.#shown.has(line)) return;
    this.#shown.add(line);
    this.#progress.note(line);
  }
}
