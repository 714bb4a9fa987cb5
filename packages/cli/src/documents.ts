import {
  type Account,
  countForeignMessages,
  idsLeft,
  inputKey,
  ledgerKey,
  outputPrefix,
  type Queues,
  type RunDate,
} from "@lotes/core";
import { INPUT_EVENTS } from "@lotes/core/dataset/keys";
import { reasonCounts } from "./reasons.ts";

/**
 * What the commands print with `--json`, as far as several of them print it. Names are those of the files in the data lake. The shapes are
 * told in docs/json.md.
 */

/** Where an object or a folder of the data lake is. */
export function s3Uri(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}

/** Where a date's CSV and its files are. */
export function placesDocument(bucket: string, date: RunDate) {
  return { input: s3Uri(bucket, inputKey(date)), output: s3Uri(bucket, outputPrefix(date)) };
}

/** Where all CSVs of a data lake are. */
export function inputFolder(bucket: string): string {
  return s3Uri(bucket, INPUT_EVENTS.prefix);
}

export function ledgerUri(bucket: string, date: RunDate): string {
  return s3Uri(bucket, ledgerKey(date));
}

/** A run, and what became of its ids so far. */
export function accountDocument(account: Account, bucket: string, date: RunDate) {
  const { run, stored, failures, settled, lotesDone, malformedMessages, finishedAt, manifest, cancelled } = account;
  return {
    date,
    run: run.run,
    status: run.status,
    ...placesDocument(bucket, date),
    rows: run.rows,
    malformed: run.malformed,
    unreadable: run.unreadable,
    ids: run.ids,
    lotes: run.lotes,
    lotes_done: lotesDone,
    stored,
    failed: failures.length,
    cancelled,
    left: idsLeft(account),
    reasons: reasonCounts(account),
    malformed_messages: countForeignMessages(malformedMessages),
    settled,
    started_at: run.started_at,
    queued_at: run.queued_at,
    finished_at: finishedAt?.toISOString() ?? null,
    manifest_revision: manifest?.revision ?? null,
  };
}

export function queuesDocument({ lotes, deadLetters }: Queues) {
  const document = ({ visible, inFlight }: Queues["lotes"]) => ({ visible, in_flight: inFlight });
  return { lotes: document(lotes), dead_letters: document(deadLetters) };
}
