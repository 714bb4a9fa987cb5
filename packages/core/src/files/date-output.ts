import {
  ledgerKey,
  ledgerPartKey,
  ledgerPartOfKey,
  ledgerPartPrefix,
  loteKey,
  loteOfKey,
  lotePrefix,
  manifestKey,
  outputPrefix,
  runKey,
} from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { ObjectHead, ObjectStore, ObjectSummary, StoredObject } from "../ports.ts";
import type { KeyAndEtag, LedgerPiece } from "./ledger-piece.ts";
import type { ListedLote } from "./looked-lotes.ts";
import type { OutputMemory } from "./output-memory.ts";
import { parseRunFile, type RunFile, readRun, runObject } from "./run-file.ts";
import { isInForce, lotesOfPart, type RunInForce } from "./run-rules.ts";
import { type Change, createObject, type Decide, type Done, updateObject, updateUnread } from "./update-object.ts";

// Round trips of some 20 ms each. A few parts are all that is in memory.
const READS_AT_ONCE = 8;

/**
 * One date's output: its run file, its lotes and its ledger. What becomes of them is in `store-lote.ts`, `enter-reports.ts` and
 * `remove-files.ts`.
 *
 * Several runs, and several deliveries of one message, may be at work on a date at once, and S3 changes one object at a time. So each change
 * of a lote or of the ledger looks, writes, and looks again. Of a run with many lotes the entries are in parts of the ledger, each an object of its own;
 * `publish-ledger.ts` puts them together:
 *
 * 1. It reads the file, and then the run. (Where a lote most likely has no file yet, this is left out: the lote is written on the condition that there is
 *    none, so nothing is replaced.) The order matters. A later run writes `_run.json` before it writes any other file. So if a run is
 *    in force after a file was read, that file is not of a later run: it may be replaced or removed.
 * 2. It writes on the condition that the file still is what was read (`updateObject`).
 * 3. It reads again what its decision was based on. Another process may have changed that meanwhile, and may have looked before this write.
 *    If the run is no longer in force by then, what was written is withdrawn. The writer of a lote looks into the ledger, and the writer of
 *    the ledger looks into the lotes: of two that write at once at least one sees the other, and no id stays both stored and failed.
 */
export class DateOutput {
  readonly #store: ObjectStore;
  readonly date: RunDate;
  /** What this process remembers, if it does. */
  readonly memory: OutputMemory | undefined;

  constructor(store: ObjectStore, date: RunDate, memory?: OutputMemory) {
    this.#store = store;
    this.date = date;
    this.memory = memory;
  }

  /** What `_run.json` holds, be it in force or rejected; undefined when the date never had a run. */
  currentRun(): Promise<RunFile | undefined> {
    return readRun(this.#store, this.date);
  }

  /** The given run if it is in force; undefined when a later upload superseded it, or when it was given up. */
  async runInForce(run: string): Promise<RunInForce | undefined> {
    const current = await this.currentRun();
    return current?.run === run && isInForce(current) ? current : undefined;
  }

  /** Changes the current run by a rule, and returns what the rule found out. Without a `next` the run stays. */
  async changeRun<Found extends { readonly next?: RunFile | undefined }>(
    rule: (current: RunFile | undefined) => Found,
  ): Promise<Found> {
    const { found } = await this.change(runKey(this.date), (object) => {
      const found = rule(object && parseRunFile(object));
      return { next: found.next && runObject(found.next), found };
    });
    return found;
  }

  /** The files of lotes, of whichever run. */
  async *loteFiles(): AsyncGenerator<ListedLote> {
    for await (const object of this.#store.list(lotePrefix(this.date))) {
      const lote = loteOfKey(object.key);
      if (lote !== undefined) yield { ...object, lote };
    }
  }

  /** The keys of the ledger, of its parts, and of all that has a name like a lote's, by one list. */
  async *keys(): AsyncGenerator<string> {
    const prefixes = [ledgerKey(this.date), ledgerPartPrefix(this.date), lotePrefix(this.date)];
    for await (const { key } of this.#store.list(outputPrefix(this.date))) {
      if (prefixes.some((prefix) => key.startsWith(prefix))) yield key;
    }
  }

  /** Changes one of the date's objects, see {@link updateObject}. */
  async change<Made extends Change>(key: string, change: Decide<Made>): Promise<Done<Made>> {
    const done = await updateObject(this.#store, key, change);
    this.memory?.written.add(key, done);
    return done;
  }

  /** The same for an object whose bytes need not be known. */
  async changeUnread<Made extends Change>(key: string, change: Decide<Made, ObjectHead>): Promise<Done<Made>> {
    const done = await updateUnread(this.#store, key, change);
    this.memory?.written.add(key, done);
    return done;
  }

  loteHead(lote: number): Promise<ObjectHead | undefined> {
    return this.#store.head(loteKey(this.date, lote));
  }

  lote(lote: number): Promise<StoredObject | undefined> {
    return this.#store.get(loteKey(this.date, lote));
  }

  changeLote<Made extends Change>(lote: number, change: Decide<Made>): Promise<Made> {
    return this.change(loteKey(this.date, lote), change);
  }

  /** The same for a lote that most likely has no file yet, see {@link createObject}. */
  createLote<Made extends Change>(lote: number, change: Decide<Made>): Promise<Made> {
    return createObject(this.#store, loteKey(this.date, lote), change);
  }

  /**
   * Where the entries of a lote are: in the ledger itself, or in a part of it.
   * @param run undefined when the date never had one
   * @param lote null for what belongs to none
   */
  pieceKey(run: RunFile | undefined, lote: number | null): string {
    const size = lotesOfPart(run);
    return size === undefined ? ledgerKey(this.date) : ledgerPartKey(this.date, Math.ceil((lote ?? 0) / size));
  }

  /** Whether an object of the ledger or a part of it holds entries of a run. */
  isPieceOf(run: RunFile | undefined, key: string): boolean {
    return (ledgerPartOfKey(key) !== undefined) === (lotesOfPart(run) !== undefined);
  }

  /** What holds the entries of a lote, without its bytes. */
  pieceHead(run: RunFile, lote: number): Promise<ObjectHead | undefined> {
    return this.#store.head(this.pieceKey(run, lote));
  }

  piece(run: RunFile, lote: number): Promise<LedgerPiece | undefined> {
    return this.object(this.pieceKey(run, lote));
  }

  /** Everything that holds a run's entries, in the order of the lotes; what belongs to no lote comes last. */
  async *ledgerPieces(run: RunFile): AsyncGenerator<LedgerPiece> {
    if (lotesOfPart(run) === undefined) {
      const ledger = await this.object(ledgerKey(this.date));
      if (ledger !== undefined) yield ledger;
      return;
    }
    const parts = await this.ledgerParts();
    const read = (part: ObjectSummary) => this.memory?.written.find(part) ?? this.object(part.key);
    for (let from = 0; from < parts.length; from += READS_AT_ONCE) {
      const some = parts.slice(from, from + READS_AT_ONCE);
      for (const piece of await Promise.all(some.map(read))) if (piece !== undefined) yield piece;
    }
  }

  /** What holds a run's entries, without its bytes, in the order of the lotes. */
  async ledgerVersions(run: RunFile): Promise<KeyAndEtag[]> {
    if (lotesOfPart(run) !== undefined) return this.ledgerParts();
    const head = await this.ledgerHead();
    return head === undefined ? [] : [{ key: ledgerKey(this.date), etag: head.etag }];
  }

  /** One of the date's objects, by its key. */
  async object(key: string): Promise<LedgerPiece | undefined> {
    const object = await this.#store.get(key);
    return object && { ...object, key };
  }

  /** The parts of the ledger, in the order of the lotes; that of no lote comes last. */
  async ledgerParts(): Promise<ObjectSummary[]> {
    const parts: { part: number; object: ObjectSummary }[] = [];
    for await (const object of this.#store.list(ledgerPartPrefix(this.date))) {
      const part = ledgerPartOfKey(object.key);
      if (part !== undefined) parts.push({ part: part === 0 ? Number.POSITIVE_INFINITY : part, object });
    }
    return parts.sort((a, b) => (a.part < b.part ? -1 : 1)).map(({ object }) => object);
  }

  ledgerHead(): Promise<ObjectHead | undefined> {
    return this.#store.head(ledgerKey(this.date));
  }

  manifest(): Promise<StoredObject | undefined> {
    return this.#store.get(manifestKey(this.date));
  }

  manifestHead(): Promise<ObjectHead | undefined> {
    return this.#store.head(manifestKey(this.date));
  }

  changeManifest<Made extends Change>(change: Decide<Made>): Promise<Made> {
    return this.change(manifestKey(this.date), change);
  }
}
