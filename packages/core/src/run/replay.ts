import type { RunDate } from "../keys.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import { ATTEMPTS_ATTRIBUTE, type Failure, type LoteMessage, messageBody } from "../message.ts";
import type { OutgoingMessage } from "../ports.ts";
import type { Reason } from "../reasons.ts";

/** Which failures to send again. Without any, those that asking again can help. */
export interface ReplayChoice {
  readonly reason?: Reason | undefined;
  readonly id?: string | undefined;
  /** Also those that asking again can't help, as far as anybody knows. */
  readonly all?: boolean | undefined;
}

/** An entry that names an id, and so can be asked for again. */
export type Replayable = LedgerEntry & { readonly imdb_id: string; readonly lote: number; readonly run: string };

/** The entries of a ledger that are to be sent again, of the run in force. A malformed message names no lote, and can't be. */
export function chooseReplay(
  entries: readonly LedgerEntry[],
  run: string,
  { reason, id, all = false }: ReplayChoice,
): Replayable[] {
  return entries.filter(
    (entry): entry is Replayable =>
      entry.run === run &&
      entry.imdb_id !== null &&
      entry.lote !== null &&
      (reason === undefined || entry.reason === reason) &&
      (id === undefined || entry.imdb_id === id) &&
      // Who names a reason or an id has decided.
      (all || reason !== undefined || id !== undefined || entry.retryable),
  );
}

/** The messages that replay the entries: one for each lote, such as its consumer would have sent to the DeadLetterQueue. */
export function replayMessages(entries: readonly Replayable[], date: RunDate): OutgoingMessage[] {
  return [...Map.groupBy(entries, (entry) => entry.lote)].map(([lote, group]) => {
    const failures = group.map(
      ({ imdb_id, reason, status, message }): Failure => ({ id: imdb_id, reason, status, message }),
    );
    const ids = group.map((entry) => entry.imdb_id);
    const message: LoteMessage = { version: 1, run: group[0]?.run ?? "", date, lote, ids, failures };
    // Each id is tried once more than the one tried most: a message has one count for all of them.
    const attempts = group.reduce((most, entry) => Math.max(most, entry.attempts), 0);
    return { body: messageBody(message), attributes: { [ATTEMPTS_ATTRIBUTE]: attempts } };
  });
}
