import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import type { FailedId, ForeignMessage } from "../files/ledger-entry.ts";
import { type Manifest, names } from "../files/manifest.ts";
import type { RunFile } from "../files/run-file.ts";
import { hasRejection } from "../files/run-rules.ts";
import type { ObjectStore } from "../ports.ts";
import { reasonFacts } from "../reasons.ts";
import { type FoundManifest, foundIn } from "./found-manifest.ts";
import { LedgerReader } from "./ledger-reader.ts";
import { LoteReader, type StoredLote } from "./lote-reader.ts";

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
  /** Whether every id is accounted for, so that nothing is left to ask for: ids = stored + failed. */
  readonly settled: boolean;
  /** When the last of its files was written, or the last id failed, once it is settled. */
  readonly finishedAt: Date | undefined;
  /** What says so to the next step, once it names the files as they are. */
  readonly manifest: Manifest | undefined;
  /** Why the manifest of a settled run's date can't be read. */
  readonly manifestProblem?: string | undefined;
}

/** An account, and the files that it was taken from. */
export interface Look<Content = unknown> {
  readonly account: Account;
  readonly lotes: readonly StoredLote<Content>[];
}

/** Takes the account of a date's run, again and again if need be: what did not change since the last time is not read again. */
export class Accountant<Content = unknown> {
  readonly #output: DateOutput;
  readonly #lotes: LoteReader<Content>;
  readonly #ledger: LedgerReader;
  #manifest: { readonly etag: string; readonly found: FoundManifest } | undefined;

  /** @param lotes who reads the lotes of the date, if somebody reads them for more than their number */
  constructor(store: ObjectStore, date: RunDate, lotes?: LoteReader<Content>) {
    this.#output = new DateOutput(store, date);
    this.#lotes = lotes ?? new LoteReader<Content>(store, date, () => undefined as Content);
    this.#ledger = new LedgerReader(this.#output);
  }

  /** @returns undefined when the date never had a run */
  async account(): Promise<Account | undefined> {
    return (await this.look())?.account;
  }

  /** @returns undefined when the date never had a run */
  async look(): Promise<Look<Content> | undefined> {
    const run = await this.#output.currentRun();
    if (run === undefined) return undefined;
    const lotes = await this.#lotes.lotes(run.run);
    const { pieces, failures, foreign } = await this.#ledger.ledger(run);
    const stored = lotes.reduce((sum, { records }) => sum + records, 0);
    const settled = run.status === "queued" && run.ids === stored + failures.length;
    const changes = [
      ...[...lotes, ...pieces].map(({ modifiedAt }) => modifiedAt.getTime()),
      ...failures.map((entry) => Date.parse(entry.last_failed_at)),
    ];
    const account = {
      run,
      lotesDone: new Set([...lotes, ...failures].map(({ lote }) => lote)).size,
      stored,
      failures,
      cancelled: run.status === "cancelled" ? run.ids - stored - failures.length : 0,
      malformedMessages: foreign,
      settled,
      finishedAt: settled ? finishOf(run, changes) : undefined,
      ...(settled ? await this.#manifestOf(run.run, lotes) : { manifest: undefined }),
    };
    return { account, lotes };
  }

  async #manifestOf(
    run: string,
    lotes: readonly StoredLote<Content>[],
  ): Promise<Pick<Account, "manifest" | "manifestProblem">> {
    const [found, ledger] = await Promise.all([this.#lastManifest(), this.#output.ledgerHead()]);
    if (found === undefined) return { manifest: undefined };
    if ("problem" in found) return { manifest: undefined, manifestProblem: found.problem };
    const { manifest } = found;
    return { manifest: manifest.run === run && names(manifest, lotes, ledger?.etag) ? manifest : undefined };
  }

  async #lastManifest(): Promise<FoundManifest | undefined> {
    const known = this.#manifest;
    if (known !== undefined && (await this.#output.manifestHead())?.etag === known.etag) return known.found;
    const object = await this.#output.manifest();
    this.#manifest = object && { etag: object.etag, found: foundIn(object, this.#output.date) };
    return this.#manifest?.found;
  }
}

/**
 * When a settled run was finished: at the last change of its files and entries. A run without ids has none, and is finished once it is queued.
 * @param changes of its files (S3 tells whole seconds) and of its entries in the ledger, in milliseconds
 */
function finishOf({ queued_at, started_at }: RunFile, changes: readonly number[]): Date {
  return new Date(changes.reduce((latest, each) => Math.max(latest, each), Date.parse(queued_at ?? started_at)));
}

/**
 * How many ids are neither stored nor failed yet, and still asked for. An id that was just stored may stand in the ledger for some seconds more: the
 * others are at least so many.
 */
export function idsLeft({
  run,
  stored,
  failures,
  cancelled,
}: Pick<Account, "run" | "stored" | "failures" | "cancelled">): number {
  return Math.max(0, run.ids - stored - failures.length - cancelled);
}

/** Whether there is something that somebody should hear of: an id failed for more than that TMDB does not know it, or an upload was rejected. */
export function hasFaults({ run, failures }: Pick<Account, "run" | "failures">): boolean {
  return hasRejection(run) || failures.some(({ reason }) => reasonFacts(reason).alarming);
}
