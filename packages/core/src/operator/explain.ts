import { nameOf } from "../dataset/keys.ts";
import type { MovieRecord } from "../dataset/movie-record.ts";
import type { RunDate } from "../dataset/run-date.ts";
import { DateOutput } from "../files/date-output.ts";
import { areTold } from "../files/fetch-times.ts";
import { Ledger } from "../files/ledger.ts";
import type { FailedId } from "../files/ledger-entry.ts";
import { parseLoteFile } from "../files/lote-file.ts";
import type { LoteWork } from "../files/lote-work.ts";
import { names, readManifest } from "../files/manifest.ts";
import type { RunFile } from "../files/run-file.ts";
import type { ObjectStore } from "../ports.ts";
import { loteOfId } from "./lote-of-id.ts";

/** What became of one id of a run. */
export type Fate =
  /**
   * `work` tells when the lote's ids were asked for; undefined where that was not kept. `fetchedAt` is when TMDB gave the record: before the begin of
   * that work, if the record of an earlier run was used again.
   */
  | {
      readonly state: "stored";
      readonly lote: number;
      readonly record: MovieRecord;
      readonly work: LoteWork | undefined;
      readonly fetchedAt: Date | undefined;
    }
  | { readonly state: "failed"; readonly failure: FailedId }
  /** Its lote has a file without its record, and nothing was heard of the id. */
  | { readonly state: "open"; readonly lote: number }
  /** Nothing was heard of it, and the run has not settled: it may be of a lote that nobody has worked on. */
  | { readonly state: "unknown" }
  /** Every id of the run is accounted for, and it is none of them. */
  | { readonly state: "never selected" };

export interface Explanation {
  /** As the run has it. */
  readonly id: string;
  readonly run: RunFile;
  readonly fate: Fate;
}

/**
 * Tells what became of an id.
 * @param id as it was asked for; of one that nothing is known of, the same in lower case is looked for
 * @returns undefined when the date never had a run
 * @throws {LedgerError}
 * @throws {LoteFileError}
 */
export async function explain(store: ObjectStore, date: RunDate, id: string): Promise<Explanation | undefined> {
  const output = new DateOutput(store, date);
  const run = await output.currentRun();
  if (run === undefined) return undefined;
  const explanation = await explainIn(output, run, id);
  const usual = id.toLowerCase();
  if (isKnown(explanation) || usual === id) return explanation;
  const other = await explainIn(output, run, usual);
  return isKnown(other) ? other : explanation;
}

function isKnown({ fate }: Explanation): boolean {
  return fate.state !== "unknown" && fate.state !== "never selected";
}

async function explainIn(output: DateOutput, run: RunFile, id: string): Promise<Explanation> {
  const place = await loteOfId(output, run.run, id);
  if (place?.isStored) {
    const stored = await storedIn(place.lote, output, id);
    if (stored !== undefined) return { id, run, fate: stored };
  }
  const failure = await failureOf(id, run, place?.lote, output);
  if (failure !== undefined) return { id, run, fate: { state: "failed", failure } };
  if (place !== undefined) return { id, run, fate: { state: "open", lote: place.lote } };
  const isSettled = run.status === "rejected" || (await isAsSettled(run, output));
  return { id, run, fate: { state: isSettled ? "never selected" : "unknown" } };
}

/** Whether a run has settled, and its files are still those that its manifest names: somebody may have changed or removed one since. */
async function isAsSettled({ run }: RunFile, output: DateOutput): Promise<boolean> {
  const object = await output.manifest();
  const manifest = object && readManifest(object);
  if (manifest?.run !== run) return false;
  const [lotes, ledger] = await Promise.all([Array.fromAsync(output.loteFiles()), output.ledgerHead()]);
  return names(manifest, lotes, ledger?.etag);
}

/** @param lote where the id is, as far as that is known */
async function failureOf(
  id: string,
  run: RunFile,
  lote: number | undefined,
  output: DateOutput,
): Promise<FailedId | undefined> {
  const pieces = lote === undefined ? output.ledgerPieces(run) : [await output.piece(run, lote)];
  for await (const piece of pieces) {
    const failure = Ledger.parse(piece, piece && nameOf(piece.key))
      .failedIds()
      .find((entry) => entry.run === run.run && entry.imdb_id === id);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function storedIn(lote: number, output: DateOutput, id: string): Promise<Fate | undefined> {
  const object = await output.lote(lote);
  if (object === undefined) return undefined;
  const { records, work, fetchTimes } = parseLoteFile(object, [id]);
  const record = records.get(id);
  const isTold = work !== undefined && fetchTimes !== undefined && areTold(fetchTimes, work);
  return record && { state: "stored", lote, record, work, fetchedAt: isTold ? fetchTimes.get(id) : undefined };
}
