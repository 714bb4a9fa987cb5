import pMap from "p-map";
import { ledgerKey } from "../dataset/keys.ts";
import type { RunDate } from "../dataset/run-date.ts";
import type { ObjectHead, ObjectSummary, StoredObject } from "../ports.ts";
import type { Reason } from "../reasons.ts";
import type { DateOutput } from "./date-output.ts";
import { Ledger } from "./ledger.ts";
import type { FailedId } from "./ledger-entry.ts";
import { parseLoteFile, storedIdsIn } from "./lote-file.ts";
import { type LoteWork, workIn } from "./lote-work.ts";
import type { SettledRun } from "./manifest.ts";
import type { QueuedRun, RunFile } from "./run-file.ts";
import { isOpen } from "./run-rules.ts";

/** What was found of a run: that it has settled, or what it still lacks. */
export interface Stock {
  readonly settled?: SettledRun | undefined;
  readonly unsettled?: UnsettledRun | undefined;
}

export interface UnsettledRun {
  readonly run: string;
  /** Ids of lotes of which nothing was heard: neither a file nor a failure. */
  readonly idsUnheard: number;
}

// A round trip of some 20 ms each.
const LOOKS_AT_ONCE = 20;

interface StockedLote {
  readonly file: ObjectSummary;
  readonly head: ObjectHead;
  readonly ids: readonly string[];
  readonly work: LoteWork | undefined;
}

/**
 * Finds out whether the open run has settled, which needs one instant at which all of its files were there: everything is looked at, and
 * then the files are looked for again. What has the same ETag both times was there at every instant between.
 */
export async function takeStock(output: DateOutput): Promise<Stock> {
  const run = await output.currentRun();
  if (!isOpen(run)) return {};
  const ledgerObject = await output.ledger();
  const ledger = Ledger.parse(ledgerObject);
  const failures = ledger.failedIds().filter((entry) => entry.run === run.run);
  const files = (await Array.fromAsync(output.loteFiles())).sort((a, b) => a.lote - b.lote);
  const heard = new Set([...files.map(({ lote }) => lote), ...failures.map(({ lote }) => lote)]);
  // The last lote may be shorter than the others, so this is the least that it may be.
  const idsUnheard = Math.max(0, run.ids - heard.size * Math.ceil(run.ids / Math.max(1, run.lotes)));
  const unsettled = { unsettled: { run: run.run, idsUnheard } };
  if (run.status !== "queued" || heard.size < run.lotes) return unsettled;

  const lotes = await lotesOf(run, files, output);
  if (lotes === undefined || !isAccountedFor(run, lotes, failures)) return unsettled;
  const finishedAt = new Date();
  if (!(await isUnchanged(run, ledgerObject, files, output))) return unsettled;
  const entries = ledger.entries().length;
  const ledgerFile = ledgerObject && { key: ledgerKey(output.date), ...namesOf(ledgerObject), entries };
  return { settled: settledRun(run, { date: output.date, lotes, failures, ledgerFile, finishedAt }) };
}

/** @returns undefined when a file was replaced meanwhile */
async function lotesOf(
  { run }: QueuedRun,
  files: readonly (ObjectSummary & { readonly lote: number })[],
  output: DateOutput,
): Promise<StockedLote[] | undefined> {
  const looks = await pMap(
    files,
    async (file): Promise<StockedLote | "another run's" | "changed"> => {
      const head = await output.loteHead(file.lote);
      if (head?.etag !== file.etag) return "changed";
      if (head.metadata.run !== run) return "another run's";
      const ids = storedIdsIn(head.metadata) ?? (await storedIds(file.lote, output));
      return { file, head, ids, work: workIn(head.metadata) };
    },
    { concurrency: LOOKS_AT_ONCE },
  );
  if (looks.includes("changed")) return undefined;
  return looks.filter((look) => typeof look === "object");
}

async function storedIds(lote: number, output: DateOutput): Promise<string[]> {
  const object = await output.lote(lote);
  return object ? [...parseLoteFile(object, []).records.keys()] : [];
}

/** Whether each id is either stored or failed. An id that is both would make up for one that is neither. */
function isAccountedFor({ ids }: QueuedRun, lotes: readonly StockedLote[], failures: readonly FailedId[]): boolean {
  const accounted = new Set<string>();
  for (const lote of lotes) for (const id of lote.ids) accounted.add(id);
  const stored = accounted.size;
  for (const { imdb_id } of failures) accounted.add(imdb_id);
  return accounted.size === ids && stored + failures.length === ids;
}

async function isUnchanged(
  run: QueuedRun,
  ledger: StoredObject | undefined,
  files: readonly ObjectSummary[],
  output: DateOutput,
): Promise<boolean> {
  const known = new Map(files.map(({ key, etag }) => [key, etag]));
  const again = await Array.fromAsync(output.loteFiles());
  if (again.length !== files.length || again.some(({ key, etag }) => known.get(key) !== etag)) return false;
  if ((await output.ledger())?.etag !== ledger?.etag) return false;
  const current: RunFile | undefined = await output.currentRun();
  return current?.run === run.run && isOpen(current);
}

interface Findings {
  readonly date: RunDate;
  readonly lotes: readonly StockedLote[];
  readonly failures: readonly FailedId[];
  readonly ledgerFile: SettledRun["ledger"] | undefined;
  readonly finishedAt: Date;
}

function settledRun(run: QueuedRun, { date, lotes, failures, ledgerFile, finishedAt }: Findings): SettledRun {
  const sum = (what: "requests" | "retries" | "rate_limited" | "reused") =>
    lotes.reduce((total, { work }) => total + (work?.[what] ?? 0), 0);
  return {
    run: run.run,
    date,
    source: run.source,
    filter: run.filter,
    ids: run.ids,
    stored: lotes.reduce((total, { ids }) => total + ids.length, 0),
    failed: failures.length,
    failed_by_reason: countReasons(failures),
    reused: sum("reused"),
    started_at: run.started_at,
    queued_at: run.queued_at,
    finished_at: finishedAt.toISOString(),
    requests: sum("requests"),
    retries: sum("retries"),
    rate_limited: sum("rate_limited"),
    files: lotes.map(({ file, head, ids, work }) => ({
      key: file.key,
      ...namesOf(head),
      records: ids.length,
      bytes: head.bytes,
      // Nothing of a run was asked for before it began.
      oldest_fetched_at: work?.oldestFetchedAt.toISOString() ?? run.started_at,
    })),
    ledger: ledgerFile ?? null,
  };
}

/** What tells one state of an object from another. */
function namesOf({ etag, versionId }: Pick<ObjectHead, "etag" | "versionId">) {
  return { etag, ...(versionId !== undefined && { version_id: versionId }) };
}

function countReasons(failures: readonly FailedId[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {};
  for (const { reason } of failures) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
