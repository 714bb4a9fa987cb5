import * as z from "zod";
import type { NewObject, StoredObject } from "../ports.ts";
import { REASONS, type Reason, reasonFacts } from "../reasons.ts";

const entrySchema = z.object({
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
});

/** A line of `erros_geral.json`: one id that has no record, and why. */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** `erros_geral.json` holds something else: somebody wrote it by hand. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
}

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

/**
 * The failures of a date. What stays is decided by what was reported, not by the order or the number of deliveries.
 */
export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();
  /** How often each entry had been tried when the ledger was read. */
  readonly #attemptsRead = new Map<string, number>();

  /** @throws {LedgerError} */
  static parse(object: StoredObject | undefined): Ledger {
    const ledger = new Ledger();
    const lines = object?.body.split("\n").filter((line) => line !== "") ?? [];
    try {
      for (const line of lines) {
        const entry = entrySchema.parse(JSON.parse(line));
        ledger.#entries.set(keyOf(entry), entry);
        ledger.#attemptsRead.set(keyOf(entry), entry.attempts);
      }
    } catch (cause) {
      throw new LedgerError("erros_geral.json holds a line that is no entry; remove that line", { cause });
    }
    return ledger;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Sorted by lote, then id; messages that belong to no lote come last. */
  entries(): LedgerEntry[] {
    return [...this.#entries.values()].sort(byLoteThenId);
  }

  /** Of two reports for an id the later one tells the reason, but any consumer's word counts for more than that none got a word out. */
  record(report: FailureReport): void {
    const entry = toEntry(report);
    const known = this.#entries.get(keyOf(entry));
    this.#entries.set(keyOf(entry), known ? merge(known, entry) : entry);
  }

  /** The ids have records now. */
  recover(lote: number, ids: Iterable<string>): void {
    for (const id of ids) this.#entries.delete(keyOf({ imdb_id: id, lote, message: "" }));
  }

  /**
   * Forgets what belongs to another run. A malformed message belongs to none, and stays.
   * @param run undefined when no run is in force
   */
  keepRun(run: string | undefined): void {
    for (const [key, entry] of this.#entries) {
      if (entry.run !== null && entry.run !== run) this.#entries.delete(key);
    }
  }

  /** How many entries are new since the ledger was read, or have been tried once more, by their reason. */
  news(): Map<Reason, number> {
    const counts = new Map<Reason, number>();
    for (const [key, { reason, attempts }] of this.#entries) {
      if (attempts > (this.#attemptsRead.get(key) ?? 0)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  /** @param run the run in force, for those who only want to know whose file it is */
  toObject(run: string | undefined): NewObject {
    return {
      body: this.entries()
        .map((entry) => `${JSON.stringify(entry)}\n`)
        .join(""),
      contentType: "application/x-ndjson",
      metadata: run === undefined ? {} : { run },
    };
  }
}

/** One line per id of a lote; a malformed message is known by its body. */
function keyOf({ imdb_id, lote, message }: Pick<LedgerEntry, "imdb_id" | "lote" | "message">): string {
  return imdb_id === null ? `body ${message}` : `${lote} ${imdb_id}`;
}

function toEntry({ id, failedAt, reason, status, message, lote, run, attempts }: FailureReport): LedgerEntry {
  const at = failedAt.toISOString();
  return {
    imdb_id: id,
    reason,
    status,
    message,
    retryable: reasonFacts(reason).retryable,
    lote,
    run,
    attempts,
    first_failed_at: at,
    last_failed_at: at,
  };
}

function merge(a: LedgerEntry, b: LedgerEntry): LedgerEntry {
  // Of two reports of the same instant it does not matter which tells the reason, only that it is always the same one.
  const rank = (entry: LedgerEntry) =>
    `${entry.reason !== "lote_failed"} ${entry.last_failed_at} ${entry.reason} ${entry.status} ${entry.message}`;
  const later = compare(rank(a), rank(b)) > 0 ? a : b;
  const [first_failed_at] = [a.first_failed_at, b.first_failed_at].sort(compare) as [string, string];
  return { ...later, attempts: Math.max(a.attempts, b.attempts), first_failed_at };
}

function byLoteThenId(a: LedgerEntry, b: LedgerEntry): number {
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
