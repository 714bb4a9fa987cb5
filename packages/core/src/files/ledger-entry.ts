import * as z from "zod/mini";
import { clipped } from "../clipped.ts";
import type { ColumnType } from "../column-type.ts";
import { REASONS, type Reason, reasonFacts } from "../reasons.ts";
import { wholeOrNull } from "../whole-or-null.ts";

const positive = z.int().check(z.positive());

/** A line of `erros_geral.json`, its keys in the order in which they are written. */
function line<Id extends z.ZodMiniType, Lote extends z.ZodMiniType, Run extends z.ZodMiniType>(
  id: Id,
  lote: Lote,
  run: Run,
) {
  return z.object({
    imdb_id: id,
    reason: z.enum(REASONS),
    status: z.nullable(z.int()),
    message: z.string(),
    retryable: z.boolean(),
    lote,
    run,
    /** How often the id was tried on purpose: once, and once more with each replay. */
    attempts: positive,
    first_failed_at: z.iso.datetime(),
    last_failed_at: z.iso.datetime(),
  });
}

const failedIdSchema = line(z.string(), positive, z.string());
const foreignMessageSchema = z.extend(line(z.null(), z.null(), z.null()), {
  /** Of the line that stands for all messages of other programs beyond those that are kept: how many came, repetitions among them. */
  more: z.optional(positive),
});

export const entrySchema = z.union([failedIdSchema, foreignMessageSchema]);

/** One id that has no record, by the text that was asked for, and why. */
export type FailedId = z.infer<typeof failedIdSchema>;

/** A message that is none of the pipeline's, or the count of those beyond what is kept. */
export type ForeignMessage = z.infer<typeof foreignMessageSchema>;

/** A line of `erros_geral.json`. */
export type LedgerEntry = FailedId | ForeignMessage;

/** The type of each attribute of a line, the same in every file. `more` is in few lines. */
export const LEDGER_COLUMNS = {
  imdb_id: "text",
  reason: "text",
  status: "whole",
  message: "text",
  retryable: "flag",
  lote: "whole",
  run: "text",
  attempts: "whole",
  first_failed_at: "text",
  last_failed_at: "text",
  more: "whole",
} as const satisfies Record<keyof FailedId | keyof ForeignMessage, ColumnType>;

export function isFailedId(entry: LedgerEntry): entry is FailedId {
  return entry.imdb_id !== null;
}

/** One failure of one id, as reported. */
export interface FailureReport {
  readonly id: string;
  readonly reason: Reason;
  readonly status: number | null;
  readonly message: string;
  readonly lote: number;
  readonly run: string;
  readonly attempts: number;
  readonly failedAt: Date;
}

/** A message that is none of the pipeline's, as it came. */
export interface ForeignReport {
  readonly id: null;
  readonly lote: null;
  readonly message: string;
  readonly failedAt: Date;
}

export type Report = FailureReport | ForeignReport;

/** One line per id of a lote; a malformed message is known by its body. */
export function keyOf({ imdb_id, lote, message }: Pick<LedgerEntry, "imdb_id" | "lote" | "message">): string {
  return imdb_id === null ? `body ${message}` : `${lote} ${imdb_id}`;
}

// A consumer's reports are shorter. The beginning of another program's message shows who sends it.
const LONGEST_MESSAGE = 2_000;

/** A message as the ledger keeps it. */
export function keptMessage(message: string): string {
  return clipped(message, LONGEST_MESSAGE);
}

/** Makes an entry that can be read again. A number or a time that could not be read is replaced by one that says nothing. */
export function toEntry(report: Report): LedgerEntry {
  const at = writableTime(report.failedAt).toISOString();
  const message = keptMessage(report.message);
  const times = { first_failed_at: at, last_failed_at: at };
  if (report.id === null) {
    const reason = "malformed_message";
    const { retryable } = reasonFacts(reason);
    return { imdb_id: null, reason, status: null, message, retryable, lote: null, run: null, attempts: 1, ...times };
  }
  const { id, reason, lote, run } = report;
  const { retryable } = reasonFacts(reason);
  const status = wholeOrNull(report.status);
  const attempts = Number.isSafeInteger(report.attempts) && report.attempts > 0 ? report.attempts : 1;
  return { imdb_id: id, reason, status, message, retryable, lote, run, attempts, ...times };
}

const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

/** An instant that ISO 8601 writes with four digits for the year; 1970 where there is none. */
export function writableTime(instant: Date): Date {
  return new Date(Math.min(Math.max(instant.getTime() || 0, 0), LATEST));
}

/** What two reports of one failure amount to. */
export function merge<Entry extends LedgerEntry>(a: Entry, b: Entry): Entry {
  // For two reports of the same instant either reason will do, as long as it is always the same one.
  const rank = (entry: Entry) =>
    `${entry.reason !== "lote_failed"} ${entry.last_failed_at} ${entry.reason} ${entry.status} ${entry.message}`;
  const later = compare(rank(a), rank(b)) > 0 ? a : b;
  const [first_failed_at] = [a.first_failed_at, b.first_failed_at].sort(compare) as [string, string];
  return { ...later, attempts: Math.max(a.attempts, b.attempts), first_failed_at };
}

export function byLoteThenId(a: LedgerEntry, b: LedgerEntry): number {
  const lote = (a.lote ?? Number.POSITIVE_INFINITY) - (b.lote ?? Number.POSITIVE_INFINITY);
  // For two entries of no lote the difference is NaN.
  if (lote !== 0 && !Number.isNaN(lote)) return lote;
  return compare(a.imdb_id ?? a.message, b.imdb_id ?? b.message);
}

// By code units: the order must not depend on the locale of the machine.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
