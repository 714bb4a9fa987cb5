import { ledgerKey, loteKey, loteOfKey, lotePrefix, manifestKey, runKey } from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { ObjectHead, ObjectStore, ObjectSummary, StoredObject } from "../ports.ts";
import { parseRunFile, type RunFile, readRun, runObject } from "./run-file.ts";
import { isInForce, type RunInForce } from "./run-rules.ts";
import { type Change, type Decide, updateObject } from "./update-object.ts";

/**
 * One date's output: its run file, its lotes and its ledger. What becomes of them is in `store-lote.ts`, `enter-reports.ts` and
 * `remove-files.ts`.
 *
 * Several runs, and several deliveries of one message, may be at work on a date at once, and S3 changes one object at a time. So each change
 * of a lote or of the ledger looks, writes, and looks again:
 *
 * 1. It reads the file, and then the run. The order matters. A later run writes `_run.json` before it writes any other file. So if a run is
 *    in force after a file was read, that file is not of a later run: it may be replaced or removed.
 * 2. It writes on the condition that the file still is what was read (`updateObject`).
 * 3. It reads again what its decision was based on. Another process may have changed that meanwhile, and may have looked before this write.
 *    If the run is no longer in force by then, what was written is withdrawn. The writer of a lote looks into the ledger, and the writer of
 *    the ledger looks into the lotes: of two that write at once at least one sees the other, and no id stays both stored and failed.
 */
export class DateOutput {
  readonly #store: ObjectStore;
  readonly date: RunDate;

  constructor(store: ObjectStore, date: RunDate) {
    this.#store = store;
    this.date = date;
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
  async *loteFiles(): AsyncGenerator<ObjectSummary & { readonly lote: number }> {
    for await (const object of this.#store.list(lotePrefix(this.date))) {
      const lote = loteOfKey(object.key);
      if (lote !== undefined) yield { ...object, lote };
    }
  }

  /** The keys of the ledger and of all that has a name like a lote's. */
  async *keys(): AsyncGenerator<string> {
    yield ledgerKey(this.date);
    for await (const { key } of this.#store.list(lotePrefix(this.date))) yield key;
  }

  /** Changes one of the date's objects, see {@link updateObject}. */
  change<Made extends Change>(key: string, change: Decide<Made>): Promise<Made> {
    return updateObject(this.#store, key, change);
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

  ledger(): Promise<StoredObject | undefined> {
    return this.#store.get(ledgerKey(this.date));
  }

  manifest(): Promise<StoredObject | undefined> {
    return this.#store.get(manifestKey(this.date));
  }

  /** Whether a run of the date has settled before, by the manifest's metadata. */
  async hasFinished(run: string): Promise<boolean> {
    return (await this.#store.head(manifestKey(this.date)))?.metadata.run === run;
  }

  changeManifest<Made extends Change>(change: Decide<Made>): Promise<Made> {
    return this.change(manifestKey(this.date), change);
  }

  changeLedger<Made extends Change>(change: Decide<Made>): Promise<Made> {
    return this.change(ledgerKey(this.date), change);
  }
}
