import * as z from "zod";
import { clipped } from "../clipped.ts";
import { wholeOrNull } from "../message.ts";
import { REASONS, type Reason, reasonFacts } from "../reasons.ts";

export const entrySchema = z.object({
  /** The id as asked for; null for a malformed message. */
  imdb_id: z.string().nullable(),
  reason: z.enum(REASONS),
  status: z.number().int().nullable(),
  message: z.string(),
  retryable: z.boolean(),
  lote: z.number().int().positive().nullable(),
  run: z.string().nullable(),
  /** How often the id was tried on purpose: once, and once more with each replay. */
  attempts: z.number().int().positive(),
  first_failed_at: z.iso.datetime(),
  last_failed_at: z.iso.datetime(),
  /** Of the line that stands for all messages of other programs beyond those that are kept: how many came, repetitions among them. */
  more: z.number().int().positive().optional(),
});

/** A line of `erros_geral.json`: one id that has no record, and why. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** One failure of one id, as reported. */
export interface FailureReport {
  readonly id: string | null;
  readonly reason: Reason;
  readonly status: number | null;
  readonly message: string;
  readonly lote: number | null;
  readonly run: string | null;
  readonly attempts: number;
  readonly failedAt: Date;
}

/** One line per id of a lote; a malformed message is known by its body. */
export function keyOf({ imdb_id, lote, message }: Pick<LedgerEntry, "imdb_id" | "lote" | "message">): string {
  return imdb_id === null ? `body ${message}` : `${lote} ${imdb_id}`;
}

// What a consumer reports is shorter. Of another program's message the beginning tells who sends it.
const LONGEST_MESSAGE = 2_000;

/** A message as the ledger keeps it. */
export function keptMessage(message: string): string {
  return clipped(message, LONGEST_MESSAGE);
}

/** An entry that can be read again, whatever was reported: a number or a time that can't be becomes one that says nothing. */
export function toEntry({ id, failedAt, reason, status, message, lote, run, attempts }: FailureReport): LedgerEntry {
  const at = timeOf(failedAt).toISOString();
  return {
    imdb_id: id,
    reason,
    status: wholeOrNull(status),
    message: keptMessage(message),
    retryable: reasonFacts(reason).retryable,
    lote: isCount(lote) ? lote : null,
    run,
    attempts: isCount(attempts) ? attempts : 1,
    first_failed_at: at,
    last_failed_at: at,
  };
}

function isCount(number: number | null): boolean {
  return Number.isSafeInteger(number) && Number(number) > 0;
}

const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

/** An instant that ISO 8601 writes with four digits for the year; 1970 where there is none. */
export function timeOf(instant: Date): Date {
  return new Date(Math.min(Math.max(instant.getTime() || 0, 0), LATEST));
}

/** What two reports of one failure amount to. */
export function merge(a: LedgerEntry, b: LedgerEntry): LedgerEntry {
  // Of two reports of the same instant it does not matter which tells the reason, only that it is always the same one.
  const rank = (entry: LedgerEntry) =>
    `${entry.reason !== "lote_failed"} ${entry.last_failed_at} ${entry.reason} ${entry.status} ${entry.message}`;
  const later = compare(rank(a), rank(b)) > 0 ? a : b;
  const [first_failed_at] = [a.first_failed_at, b.first_failed_at].sort(compare) as [string, string];
  return { ...later, attempts: Math.max(a.attempts, b.attempts), first_failed_at };
}

export function byLoteThenId(a: LedgerEntry, b: LedgerEntry): number {
  const lote = (a.lote ?? Number.POSITIVE_INFINITY) - (b.lote ?? Number.POSITIVE_INFINITY);
  // Two of no lote are infinitely far from it and not comparable.
  if (lote !== 0 && !Number.isNaN(lote)) return lote;
  return compare(a.imdb_id ?? a.message, b.imdb_id ?? b.message);
}

// By code units: the order must not depend on the locale of the machine.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
