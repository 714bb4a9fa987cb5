/**
 * What an operator is told besides the numbers of a run. A code never changes its meaning: programs go by it.
 */
export const TROUBLE_CODES = [
  /** The CSV of the date can't be used, and there is no earlier run. */
  "csv_rejected",
  /** A later CSV of the date can't be used; the run before it stays in force. */
  "upload_rejected",
  /** TMDB refuses the token for every id that failed. */
  "token_refused",
  /** Lambda does not call the producer any more, and not every lote was queued. */
  "producer_gave_up",
  /** Lotes wait and nobody takes them. */
  "no_consumer",
  /** Reports of failures wait and nobody takes them. */
  "no_collector",
  /** Ids are neither stored, nor failed, nor queued. */
  "ids_missing",
  /** More ids are stored or failed than were selected. */
  "ids_counted_twice",
  /** A CSV lies at a key for which no run begins. */
  "misplaced_csv",
  /** An upload has no run yet. */
  "not_in_force",
  /** A replay was asked for while ids of the run are still under way. */
  "run_at_work",
  /** The id of a replay did not fail: it has a record. */
  "has_record",
  /** Ids of a replay were not tried, and are queued nowhere. */
  "replay_lost",
  /** A later upload took over while a replay was followed. */
  "superseded",
  /** Not every message of the DeadLetterQueue was moved. */
  "dlq_not_moved",
  /** An operator has cancelled the run. */
  "run_cancelled",
  /** The manifest of a date can't be read. */
  "unreadable_manifest",
  /** Every id is accounted for, and no manifest tells of the files as they are. */
  "no_manifest",
] as const;

export interface Trouble {
  readonly code: (typeof TROUBLE_CODES)[number];
  /** One line for a person: what is wrong, and what to do. */
  readonly message: string;
}
