import { ledgerPartOfKey } from "../dataset/keys.ts";
import type { ObjectSummary, StoredObject } from "../ports.ts";
import type { LedgerPiece } from "./ledger-piece.ts";
import { PackedText } from "./packed-text.ts";
import type { Change, Done } from "./update-object.ts";

interface WrittenPart extends Pick<StoredObject, "metadata"> {
  readonly etag: string;
  readonly lines: PackedText;
}

/** Those of a run of more than a million ids, of which a seventh failed. */
const MOST_BYTES = 6 * 1024 * 1024;

/**
 * The parts of ledgers as this process has written them. The collector writes nearly all of a run, and need not read them once more to put them together:
 * a part that still has the ETag of then has the bytes of then.
 */
export class WrittenParts {
  /** The oldest comes first. */
  readonly #parts = new Map<string, WrittenPart>();
  #bytes = 0;
  readonly #mostBytes: number;

  /** @param mostBytes packed; the oldest parts make room for the latest */
  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Remembers what was written, if it is a part of a ledger, and forgets what was removed. */
  add(key: string, { next, etag }: Done<Change>): void {
    if (next === undefined) return;
    // What belongs to no lote belongs to no run either: of that the same bytes, and so the same ETag, may be written for another run.
    if (!ledgerPartOfKey(key)) return;
    this.#forget(key);
    if (etag === undefined || next === "remove" || typeof next.body !== "string") return;
    const lines = new PackedText(next.body);
    this.#parts.set(key, { etag, lines, metadata: next.metadata });
    this.#bytes += lines.bytes;
    for (const oldest of this.#parts.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#forget(oldest);
    }
  }

  /** @returns undefined where it was not written by this process, or was changed since */
  find(listed: ObjectSummary): LedgerPiece | undefined {
    const part = this.#parts.get(listed.key);
    if (part?.etag !== listed.etag) return undefined;
    const { lines, metadata } = part;
    return { ...listed, body: lines.toString(), packed: lines, metadata };
  }

  #forget(key: string): void {
    this.#bytes -= this.#parts.get(key)?.lines.bytes ?? 0;
    this.#parts.delete(key);
  }
}
