import { mkdir, mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gatherLedger, ledgerPartOfKey, type ObjectStore, outputPrefix, type RunDate } from "@lotes/core";
import { DirectoryError, OutputDirectory, type OutputFile } from "./output-directory.ts";
import { systemReason } from "./system-error.ts";
import { UserError } from "./user-error.ts";

const TRY_AGAIN_EVERY_MS = 5_000;

// The first is beside the log. In the second every program may write.
const ELSEWHERE = [join(".lotes", "result-"), join(tmpdir(), "lotes-result-")];

/** Where files were kept. */
export interface Kept {
  readonly directory: string;
  readonly files: readonly string[];
  /** Why they are not where they were asked for. */
  readonly refused?: string;
}

export interface KeepOptions {
  /** Where the files are to go. */
  readonly out: string;
  /** Where else they may go when that fails: the beginnings of names of new directories, the best first. */
  readonly elsewhere?: readonly string[];
  /** Once it is aborted, there are no more retries. */
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
  readonly tryAgainEveryMs?: number;
}

/** Everything the date's run wrote, its ledger in one piece. */
export async function* outputFiles(store: ObjectStore, date: RunDate): AsyncGenerator<OutputFile> {
  await gatherLedger(store, date);
  for await (const { key } of store.list(outputPrefix(date))) {
    if (ledgerPartOfKey(key) !== undefined) continue;
    const object = await store.get(key);
    if (object) yield { name: basename(key), body: object.body };
  }
}

/**
 * Writes files to where they were asked for, or else to the first place that takes them. They were paid for, and nobody else has them:
 * where no place takes them, it waits until one does.
 * @param files called for each place that is tried
 * @throws {UserError} when no place takes them and `signal` is aborted
 */
export async function keepFiles(files: () => AsyncIterable<OutputFile>, options: KeepOptions): Promise<Kept> {
  const { signal, tell } = options;
  for (let told = false; ; told = true) {
    const kept = await tryPlaces(files, placesOf(options));
    if ("directory" in kept) return kept;
    const problem = `no place takes the files (${kept.refused})`;
    if (signal.aborted) throw new UserError(`${problem}: they are lost`);
    if (!told)
      tell(`! ${problem}, and only this process has them: make room, and they will be written; Ctrl-C gives up`);
    await delay(options.tryAgainEveryMs ?? TRY_AGAIN_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** @returns why no place takes them, if that is so */
async function tryPlaces(
  files: () => AsyncIterable<OutputFile>,
  places: readonly Place[],
): Promise<Kept | { readonly refused: string }> {
  const refusals: string[] = [];
  for (const place of places) {
    try {
      const kept = await keepAt(place, files());
      return refusals[0] === undefined ? kept : { ...kept, refused: refusals[0] };
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      refusals.push(error.message);
    }
  }
  return { refused: refusals.join("; ") };
}

/** A directory to try. It is made when its turn comes. */
type Place = { readonly path: string } | { readonly newWithPrefix: string };

function placesOf({ out, elsewhere = ELSEWHERE }: KeepOptions): Place[] {
  return [{ path: out }, ...elsewhere.map((newWithPrefix) => ({ newWithPrefix }))];
}

async function keepAt(place: Place, files: AsyncIterable<OutputFile>): Promise<Kept> {
  if ("path" in place)
    return { directory: place.path, files: await new OutputDirectory(place.path).replaceWith(files) };
  const directory = await newDirectory(place.newWithPrefix);
  try {
    return { directory, files: await new OutputDirectory(directory).replaceWith(files) };
  } catch (error) {
    await rmdir(directory).catch(() => {});
    throw error;
  }
}

/** Makes a new directory: the files of an earlier run must stay. */
async function newDirectory(prefix: string): Promise<string> {
  try {
    await mkdir(dirname(prefix), { recursive: true });
    return await mkdtemp(prefix);
  } catch (cause) {
    throw new DirectoryError(`${dirname(prefix)}: ${systemReason(cause)}`, { cause });
  }
}
