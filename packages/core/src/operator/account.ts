import pMap from "p-map";
import { nameOf } from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { Ledger } from "../files/ledger.ts";
import { type FailedId, type ForeignMessage, isFailedId } from "../files/ledger-entry.ts";
import { countRecords, runOf } from "../files/lote-file.ts";
import { type Manifest, names, readManifest } from "../files/manifest.ts";
import type { RunFile } from "../files/run-file.ts";
import { hasRejection } from "../files/run-rules.ts";
import type { ObjectStore } from "../ports.ts";
import { reasonFacts } from "../reasons.ts";

/** What became of a run's ids so far. */
export interface Account {
  readonly run: RunFile;
  /** Lotes of which anything was heard: records, failures or both. */
  readonly lotesDone: number;
  readonly stored: number;
  /** Entries of the run in the ledger, one for each id that failed. */
  readonly failures: readonly FailedId[];
  /** How many ids of a cancelled run are neither stored nor failed, and will not be asked for. */
  readonly cancelled: number;
  /** Entries that are no ids: messages somebody else sent. */
  readonly malformedMessages: readonly ForeignMessage[];
  /** Whether every id is accounted for: ids = stored + failed + cancelled. */
  readonly settled: boolean;
  /** When the last of its files was written, or the last id failed, once it is settled. */
  readonly finishedAt: Date | undefined;
  /** What says so to the next step, once it names the files as they are. */
  readonly manifest: Manifest | undefined;
}

interface LoteCount {
  readonly run: string | undefined;
  readonly records: number;
}

interface CountedLote {
  readonly key: string;
  readonly etag: string;
  readonly records: number;
  readonly modifiedAt: Date;
}

// A round trip of some 20 ms each: a large run of a thousand lotes is counted in two seconds.
const READING_AT_ONCE = 10;

/** Takes the account of a date's run, again and again if need be: what did not change since the last time is not read again. */
export class Accountant {
  readonly #output: DateOutput;
  #counts = new Map<string, LoteCount>();

  constructor(store: ObjectStore, date: RunDate) {
    this.#output = new DateOutput(store, date);
  }

  /** @returns undefined when the date never had a run */
  async account(): Promise<Account | undefined> {
    const run = await this.#output.currentRun();
    if (run === undefined) return undefined;
    const lotes = await this.#countLotes(run.run);
    const pieces = await Array.fromAsync(this.#output.ledgerPieces(run));
    const entries = pieces.flatMap((piece) => Ledger.parse(piece, nameOf(piece.key)).entries());
    const failures = entries.filter(isFailedId).filter((entry) => entry.run === run.run);
    const stored = lotes.values().reduce((sum, { records }) => sum + records, 0);
    const settled = run.status === "queued" && run.ids === stored + failures.length;
    const files = [...lotes.values(), ...pieces];
    const changes = [
      ...files.map(({ modifiedAt }) => modifiedAt.getTime()),
      ...failures.map((entry) => Date.parse(entry.last_failed_at)),
    ];
    return {
      run,
      lotesDone: new Set([...lotes.keys(), ...failures.map((entry) => entry.lote)]).size,
      stored,
      failures,
      cancelled: run.status === "cancelled" ? run.ids - stored - failures.length : 0,
      malformedMessages: entries.filter((entry) => !isFailedId(entry)),
      settled,
      finishedAt: settled ? finishOf(run, changes) : undefined,
      manifest: settled ? await this.#manifestOf(run.run, [...lotes.values()]) : undefined,
    };
  }

  async #manifestOf(run: string, lotes: readonly CountedLote[]) {
    const [object, ledger] = await Promise.all([this.#output.manifest(), this.#output.ledgerHead()]);
    // One that somebody wrote by hand is written anew at the next occasion.
    const manifest = object && readManifest(object);
    return manifest?.run === run && names(manifest, lotes, ledger?.etag) ? manifest : undefined;
  }

  /** What is stored by lote, of this run only. */
  async #countLotes(run: string): Promise<Map<number, CountedLote>> {
    const found = await Array.fromAsync(this.#output.loteFiles());
    const counts = new Map<string, LoteCount>();
    const lotes = new Map<number, CountedLote>();
    await pMap(
      found,
      async ({ lote, key, etag, modifiedAt }) => {
        const version = `${lote} ${etag}`;
        const known = this.#counts.get(version);
        // A later run's file may have the same bytes as an earlier one's, and so the same ETag.
        const count = known?.run === run ? known : await this.#count(lote);
        counts.set(version, count);
        if (count.run === run) lotes.set(lote, { key, etag, records: count.records, modifiedAt });
      },
      { concurrency: READING_AT_ONCE },
    );
    this.#counts = counts;
    return lotes;
  }

  async #count(lote: number): Promise<LoteCount> {
    const object = await this.#output.lote(lote);
    return object ? { run: runOf(object), records: countRecords(object) } : { run: undefined, records: 0 };
  }
}

/**
 * When a settled run was finished: at the last change of its files and entries. A run without ids has none, and is finished once it is queued.
 * @param changes of its files (S3 tells whole seconds) and of its entries in the ledger, in milliseconds
 */
function finishOf({ queued_at, started_at }: RunFile, changes: readonly number[]): Date {
  return new Date(changes.reduce((latest, each) => Math.max(latest, each), Date.parse(queued_at ?? started_at)));
}

/** How many ids are neither stored nor failed yet, and still asked for. */
export function idsLeft({
  run,
  stored,
  failures,
  cancelled,
}: Pick<Account, "run" | "stored" | "failures" | "cancelled">): number {
  return run.ids - stored - failures.length - cancelled;
}

/** Whether there is something that somebody should hear of: an id failed for more than that TMDB does not know it, or an upload was rejected. */
export function hasFaults({ run, failures }: Pick<Account, "run" | "failures">): boolean {
  return hasRejection(run) || failures.some(({ reason }) => reasonFacts(reason).alarming);
}
