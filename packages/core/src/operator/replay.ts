import type { RunDate } from "../dataset/run-date.ts";
import type { FailedId } from "../files/ledger-entry.ts";
import type { OutgoingMessage } from "../ports.ts";
import type { Reason } from "../reasons.ts";
import { type Failure, messageBody } from "../stages/message.ts";
import type { Account } from "./account.ts";

/** Which failures to send again. Without any, those that asking again can help. */
export interface ReplayChoice {
  readonly reason?: Reason | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Also those that asking again can't help, as far as anybody knows. */
  readonly all?: boolean | undefined;
}

/** The failures that are to be sent again, of the run in force. */
export function chooseReplay(
  failures: readonly FailedId[],
  run: string,
  { reason, ids, all = false }: ReplayChoice,
): FailedId[] {
  const named = ids && new Set(ids);
  return failures.filter(
    (entry) =>
      entry.run === run &&
      (reason === undefined || entry.reason === reason) &&
      (named === undefined || named.has(entry.imdb_id)) &&
      // Failures that are named by a reason or an id are sent even if they are not retryable.
      (all || reason !== undefined || named !== undefined || entry.retryable),
  );
}

/** What came of replayed ids so far. */
export interface ReplayOutcome {
  readonly recovered: number;
  readonly failedAgain: number;
  /** Those that were not tried yet. Of a run that was superseded they never will be. */
  readonly open: number;
  /** Whether a later upload took over: nothing more comes of the replay, and nobody knows what came of it. */
  readonly superseded: boolean;
}

/**
 * Compares what was replayed with the account that was taken later. An id that left the ledger has a record now; one that failed once more
 * has more attempts than before.
 */
export function replayOutcome(
  replayed: readonly FailedId[],
  { run, failures }: Pick<Account, "run" | "failures">,
): ReplayOutcome {
  if (replayed.some((entry) => entry.run !== run.run)) {
    return { recovered: 0, failedAgain: 0, open: replayed.length, superseded: true };
  }
  const attemptsNow = new Map(failures.map((entry) => [`${entry.lote} ${entry.imdb_id}`, entry.attempts]));
  const outcome = { recovered: 0, failedAgain: 0, open: 0, superseded: false };
  for (const { lote, imdb_id, attempts } of replayed) {
    const now = attemptsNow.get(`${lote} ${imdb_id}`);
    if (now === undefined) outcome.recovered++;
    else if (now > attempts) outcome.failedAgain++;
    else outcome.open++;
  }
  return outcome;
}

/** The messages that replay the entries: one for each lote. */
export function replayMessages(entries: readonly FailedId[], date: RunDate): OutgoingMessage[] {
  return [...Map.groupBy(entries, (entry) => entry.lote)].map(([lote, group]) => {
    const failures = group.map(
      ({ imdb_id, reason, status, message }): Failure => ({ id: imdb_id, reason, status, message }),
    );
    const ids = group.map((entry) => entry.imdb_id);
    // Each id is tried once more than the one tried most: a message has one count for all of them.
    const attempts = group.reduce((most, entry) => Math.max(most, entry.attempts), 0);
    return {
      body: messageBody({ kind: "replay", run: group[0]?.run ?? "", date, lote, ids, attempts, failures }),
    };
  });
}
