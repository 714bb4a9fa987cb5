import { ledgerKey } from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { ObjectHead } from "../ports.ts";
import type { DateOutput } from "./date-output.ts";
import { areSame } from "./ledger-piece.ts";
import { lookAhead, lookAtLotes, type StockedLote } from "./look-at-lotes.ts";
import type { ListedLote } from "./looked-lotes.ts";
import type { SettledRun } from "./manifest.ts";
import { isMadeOf, publishLedger } from "./publish-ledger.ts";
import type { QueuedRun, RunFile } from "./run-file.ts";
import { isInForce, isOpen, lotesOfPart, type OpenRun } from "./run-rules.ts";
import { readLedger, type StockedLedger } from "./stocked-ledger.ts";

/** What was found of a run: that it has settled, or what it still lacks. */
export interface Stock {
  readonly settled?: SettledRun | undefined;
  readonly unsettled?: UnsettledRun | undefined;
}

export interface UnsettledRun {
  readonly run: string;
  /** Ids of lotes of which nothing was heard: neither a file nor a failure. */
  readonly idsUnheard: number;
  /** A lote of which not all was heard: no file, or one that lacks records, and no failure. */
  readonly unheard: number | undefined;
  /** There was no time to look at all of its lotes. */
  readonly isCutShort?: boolean;
}

/** A look at so many takes the collector 7 s. */
const MOST_UNSEEN_LOTES = 500;

/**
 * The last lote that may be waited for before lotes are looked at again, of a run of which so many lotes were heard. A run may be over long after it was
 * expected to be: by then only these are left to be looked at.
 */
export function lastToWaitFor(lotes: number, heard: number): number {
  return Math.min(lotes, heard + MOST_UNSEEN_LOTES);
}

/**
 * Finds out whether the open run has settled, which needs one instant at which all of its files were there: everything is looked at, and
 * then the files are looked for again. What has the same ETag both times was there at every instant between.
 */
export async function takeStock(output: DateOutput): Promise<Stock> {
  const run = await output.currentRun();
  if (!isOpen(run)) {
    // Of a cancelled run nothing more is asked for, and what has failed is to be seen.
    if (isInForce(run)) await publishLedger(output, run);
    return {};
  }
  const ledger = await readLedger(run, output);
  const files = (await Array.fromAsync(output.loteFiles(), summary)).sort((a, b) => a.lote - b.lote);
  const heard = new Set([...files.map(({ lote }) => lote), ...ledger.ids.lotes]);
  // The last lote may be shorter than the others, so this is the least that it may be.
  const idsUnheard = Math.max(0, run.ids - heard.size * Math.ceil(run.ids / Math.max(1, run.lotes)));
  const unsettled = { run: run.run, idsUnheard, unheard: lastNotIn(heard, lastToWaitFor(run.lotes, heard.size)) };
  if (run.status !== "queued" || heard.size < run.lotes) {
    await lookAhead(files, output);
    return { unsettled };
  }
  const looks = await lookAtLotes(run, files, ledger, output);
  if (looks.includes("later")) return { unsettled: { ...unsettled, unheard: undefined, isCutShort: true } };
  if (looks.includes("changed") || looks.includes("contradicts")) return { unsettled };
  const lotes = looks.filter((look) => typeof look === "object");
  const unheard = lotes.findLast(({ isWhole }) => !isWhole)?.lote;
  if (unheard !== undefined || recordsOf(lotes) + ledger.failed !== run.ids) {
    return { unsettled: { ...unsettled, unheard } };
  }
  const published = await publishLedger(output, run, ledger.lines);
  const finishedAt = new Date();
  if (!(await isUnchanged(run, { files, ledger, published }, output))) return { unsettled };
  const ledgerFile = published && { key: ledgerKey(output.date), ...namesOf(published), entries: ledger.entries };
  return { settled: settledRun(run, { date: output.date, lotes, ledger, ledgerFile, finishedAt }) };
}

/** The last lote of so many that is not among those. */
function lastNotIn(heard: ReadonlySet<number>, lotes: number): number | undefined {
  for (let lote = lotes; lote > 0; lote--) if (!heard.has(lote)) return lote;
  return undefined;
}

/** A run of a million ids has ten thousand lotes, so what is kept of each is no more than is needed. */
function summary({ key, etag, modifiedAt, lote }: ListedLote): ListedLote {
  return { key, etag, modifiedAt, lote };
}

function recordsOf(lotes: readonly StockedLote[]): number {
  return lotes.reduce((sum, { records }) => sum + records, 0);
}

interface Looked {
  readonly files: readonly ListedLote[];
  readonly ledger: StockedLedger;
  readonly published: ObjectHead | undefined;
}

async function isUnchanged(run: OpenRun, { files, ledger, published }: Looked, output: DateOutput): Promise<boolean> {
  if (!areSame(files, await Array.fromAsync(output.loteFiles()))) return false;
  const head = await output.ledgerHead();
  if (head?.etag !== published?.etag) return false;
  if (lotesOfPart(run) === undefined) {
    if (head?.etag !== ledger.lines.pieces[0]?.etag) return false;
  } else {
    // Without an entry there is no ledger.
    const isOfThese = published === undefined ? ledger.entries === 0 : isMadeOf(published, ledger.lines.pieces);
    if (!isOfThese || !areSame(ledger.lines.pieces, await output.ledgerParts())) return false;
  }
  const current: RunFile | undefined = await output.currentRun();
  return current?.run === run.run && isOpen(current);
}

interface Findings {
  readonly date: RunDate;
  readonly lotes: readonly StockedLote[];
  readonly ledger: StockedLedger;
  readonly ledgerFile: SettledRun["ledger"] | undefined;
  readonly finishedAt: Date;
}

function settledRun(run: QueuedRun, { date, lotes, ledger, ledgerFile, finishedAt }: Findings): SettledRun {
  const sum = (what: "requests" | "retries" | "rate_limited" | "reused") =>
    lotes.reduce((total, { work }) => total + (work?.[what] ?? 0), 0);
  return {
    run: run.run,
    date,
    source: run.source,
    filter: run.filter,
    ids: run.ids,
    stored: recordsOf(lotes),
    failed: ledger.failed,
    failed_by_reason: ledger.reasons,
    reused: sum("reused"),
    started_at: run.started_at,
    queued_at: run.queued_at,
    finished_at: finishedAt.toISOString(),
    requests: sum("requests"),
    retries: sum("retries"),
    rate_limited: sum("rate_limited"),
    files: lotes.map(({ key, etag, versionId, bytes, records, work }) => ({
      key,
      ...namesOf({ etag, versionId }),
      records,
      bytes,
      // Nothing of a run was asked for before it began.
      oldest_fetched_at: work?.oldest_fetched_at ?? run.started_at,
    })),
    ledger: ledgerFile ?? null,
  };
}

/** What tells one state of an object from another. */
function namesOf({ etag, versionId }: Pick<ObjectHead, "etag" | "versionId">) {
  return { etag, ...(versionId !== undefined && { version_id: versionId }) };
}
