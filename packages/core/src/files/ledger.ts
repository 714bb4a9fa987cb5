import type { NewObject, StoredObject } from "../ports.ts";
import type { Reason } from "../reasons.ts";
import { inOneLine, textLines } from "../text-lines.ts";
import { METADATA_ID_BYTES } from "../topology.ts";
import { EditedFileError } from "./edited-file-error.ts";
import {
  byLoteThenId,
  entrySchema,
  type FailedId,
  type ForeignMessage,
  isFailedId,
  keptMessage,
  keyOf,
  type LedgerEntry,
  merge,
  type Report,
  toEntry,
} from "./ledger-entry.ts";

// Some 2 MB, which a person can look through, and a program that floods the queue can't make grow.
const MOST_FOREIGN_MESSAGES = 1_000;
const FURTHER_MESSAGES = "more";

export const LEDGER_TYPE = "application/x-ndjson";

/** `erros_geral.json` holds something else: somebody wrote it by hand. */
export class LedgerError extends EditedFileError {
  override readonly name = "LedgerError";
}

/**
 * The failures of a date. What stays is decided by what was reported, not by the order or the number of deliveries.
 */
export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();
  /** The entries when the ledger was read. */
  #entriesAsRead: ReadonlyMap<string, LedgerEntry> = new Map();
  /** Entries of messages of other programs. */
  #foreignMessages = 0;

  /**
   * @param name of the object
   * @throws {LedgerError}
   */
  static parse(object: Pick<StoredObject, "body"> | undefined, name = "erros_geral.json"): Ledger {
    const ledger = new Ledger();
    for (const { number, text } of textLines(object?.body ?? "")) {
      try {
        ledger.#add(entrySchema.parse(JSON.parse(text)));
      } catch (cause) {
        throw new LedgerError(`line ${number} of ${name} is no entry; correct it, or remove the line`, { cause });
      }
    }
    ledger.#entriesAsRead = new Map(ledger.#entries);
    return ledger;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Sorted by lote, then id; messages that belong to no lote come last. */
  entries(): LedgerEntry[] {
    return [...this.#entries.values()].sort(byLoteThenId);
  }

  /** The entries that are ids. */
  failedIds(): FailedId[] {
    return this.entries().filter(isFailedId);
  }

  /**
   * Adds a report. The later of two reports for an id gives the reason. A consumer's reason always replaces `lote_failed`, which only says that
   * no consumer has reported.
   */
  enter(report: Report): void {
    this.#add(toEntry(report));
  }

  #add(entry: LedgerEntry): void {
    const key = isFailedId(entry) || entry.more === undefined ? keyOf(entry) : FURTHER_MESSAGES;
    const known = this.#entries.get(key);
    if (known !== undefined) this.#entries.set(key, merge(known, entry));
    else if (isFailedId(entry) || entry.more !== undefined) this.#entries.set(key, entry);
    else if (this.#foreignMessages === MOST_FOREIGN_MESSAGES) this.#addBeyond(entry);
    else {
      this.#foreignMessages++;
      this.#entries.set(key, { ...entry, message: keptMessage(entry.message) });
    }
  }

  /** Counts a message of another program whose beginning is not kept any more. */
  #addBeyond(entry: ForeignMessage): void {
    const known = this.#entries.get(FURTHER_MESSAGES) as ForeignMessage | undefined;
    const more = (known?.more ?? 0) + 1;
    const message = `beyond the ${MOST_FOREIGN_MESSAGES} messages of other programs that are kept here, ${more} came`;
    this.#entries.set(FURTHER_MESSAGES, { ...merge(known ?? entry, entry), message, more });
  }

  /** The ids have records now. */
  recover(lote: number, ids: Iterable<string>): void {
    for (const id of ids) this.#entries.delete(keyOf({ imdb_id: id, lote, message: "" }));
  }

  /**
   * Forgets what belongs to another run. A malformed message belongs to none, and stays.
   * @param run undefined when no run is in force
   */
  removeOtherRuns(run: string | undefined): void {
    for (const [key, entry] of this.#entries) {
      if (isFailedId(entry) && entry.run !== run) this.#entries.delete(key);
    }
  }

  /** How many entries are new since the ledger was read, or have been tried once more, by their reason. */
  newFailures(): Map<Reason, number> {
    const counts = new Map<Reason, number>();
    for (const [key, entry] of this.#entries) {
      const before = this.#entriesAsRead.get(key);
      const failed =
        furtherMessages(entry) - furtherMessages(before) || Number(entry.attempts > (before?.attempts ?? 0));
      if (failed > 0) counts.set(entry.reason, (counts.get(entry.reason) ?? 0) + failed);
    }
    return counts;
  }

  /** @param run the run in force, which the metadata tell */
  toObject(run: string | undefined): NewObject {
    const entries = this.entries();
    return {
      body: entries.map((entry) => `${inOneLine(JSON.stringify(entry))}\n`).join(""),
      contentType: LEDGER_TYPE,
      metadata: run === undefined ? {} : { run, ...lotesMetadata(entries) },
    };
  }
}

/** The name of the metadata. */
const LOTES = "lotes";
const NO_LOTE = "none";

/** Which lotes have entries, where there is room for that. */
function lotesMetadata(entries: readonly LedgerEntry[]): { readonly [LOTES]?: string } {
  const lotes = new Set(entries.filter(isFailedId).map(({ lote }) => lote));
  const text = [...lotes].join(",") || NO_LOTE;
  return text.length > METADATA_ID_BYTES ? {} : { [LOTES]: text };
}

/**
 * Whether an object has entries of a lote, by its metadata.
 * @returns undefined where only its lines tell
 */
export function hasEntriesOf(
  lote: number,
  run: string,
  metadata: Readonly<Record<string, string>>,
): boolean | undefined {
  if (metadata[LOTES] === undefined || metadata.run === undefined) return undefined;
  return metadata.run === run && metadata[LOTES].split(",").includes(String(lote));
}

/** Whether an object tells by its metadata that it has entries of lotes. A ledger that was put together does not tell. */
export function tellsOfFailures({ metadata }: Pick<StoredObject, "metadata">): boolean {
  return metadata[LOTES] !== undefined && metadata[LOTES] !== NO_LOTE;
}

/** How many messages an entry counts without keeping them. */
function furtherMessages(entry: LedgerEntry | undefined): number {
  return entry === undefined || isFailedId(entry) ? 0 : (entry.more ?? 0);
}

/** How many messages of other programs the entries stand for. */
export function countForeignMessages(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, entry) => sum + (isFailedId(entry) ? 0 : (entry.more ?? 1)), 0);
}
