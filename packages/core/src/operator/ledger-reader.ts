import pMap from "p-map";
import { nameOf } from "../dataset/keys.ts";
import type { DateOutput } from "../files/date-output.ts";
import { Ledger } from "../files/ledger.ts";
import { type FailedId, type ForeignMessage, isFailedId, type LedgerEntry } from "../files/ledger-entry.ts";
import type { LedgerPiece } from "../files/ledger-piece.ts";
import type { RunFile } from "../files/run-file.ts";

/** What the ledger holds of a run; the same object as long as nothing of it changed. */
export interface ReadLedger {
  readonly run: string;
  readonly pieces: readonly ReadPiece[];
  readonly failures: readonly FailedId[];
  /** Entries that are no ids: messages somebody else sent. */
  readonly foreign: readonly ForeignMessage[];
}

/** An object of the ledger. */
interface ReadPiece extends Pick<LedgerPiece, "key" | "etag" | "modifiedAt"> {
  readonly entries: readonly LedgerEntry[];
}

// Round trips of some 20 ms each.
const READING_AT_ONCE = 8;

/** Reads the ledger of a date, again and again if need be: an object that did not change since the last time is not read again. */
export class LedgerReader {
  readonly #output: DateOutput;
  #known: ReadLedger | undefined;

  constructor(output: DateOutput) {
    this.#output = output;
  }

  /** @throws {LedgerError} */
  async ledger(run: RunFile): Promise<ReadLedger> {
    const before = this.#known?.pieces ?? [];
    // Who looks once must not ask twice: for what is there, and then for what it holds.
    const pieces = before.length === 0 ? await this.#all(run) : await this.#changed(run, before);
    const isSame = pieces.length === before.length && pieces.every((piece, index) => piece === before[index]);
    if (this.#known?.run !== run.run || !isSame) this.#known = readLedger(run.run, pieces);
    return this.#known;
  }

  async #all(run: RunFile): Promise<ReadPiece[]> {
    const pieces = await Array.fromAsync(this.#output.ledgerPieces(run));
    return pieces.map(readPiece);
  }

  async #changed(run: RunFile, known: readonly ReadPiece[]): Promise<ReadPiece[]> {
    const before = new Map(known.map((piece) => [piece.key, piece]));
    const read = async ({ key, etag }: Pick<ReadPiece, "key" | "etag">) => {
      const same = before.get(key);
      if (same?.etag === etag) return same;
      const object = await this.#output.object(key);
      return object && readPiece(object);
    };
    const now = await this.#output.ledgerVersions(run);
    const pieces = await pMap(now, read, { concurrency: READING_AT_ONCE });
    return pieces.filter((piece) => piece !== undefined);
  }
}

function readPiece({ key, etag, modifiedAt, body }: LedgerPiece): ReadPiece {
  return { key, etag, modifiedAt, entries: Ledger.parse({ body }, nameOf(key)).entries() };
}

function readLedger(run: string, pieces: readonly ReadPiece[]): ReadLedger {
  const entries = pieces.flatMap((piece) => piece.entries);
  return {
    run,
    pieces,
    failures: entries.filter(isFailedId).filter((entry) => entry.run === run),
    foreign: entries.filter((entry) => !isFailedId(entry)),
  };
}
