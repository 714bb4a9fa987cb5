import type { Pieces } from "../ports.ts";
import type { KeyAndEtag, LedgerPiece } from "./ledger-piece.ts";
import { PackedText } from "./packed-text.ts";

/** What lines were taken from, or were not, since it is another run's. */
export interface PieceOfLines extends KeyAndEtag {
  readonly isKept: boolean;
}

/** The lines of a ledger, of which a large run has many megabytes: they are packed, and unpacked a piece at a time. */
export class LedgerLines implements Pieces {
  /** What they were taken from. */
  readonly pieces: PieceOfLines[] = [];
  readonly #packed: PackedText[] = [];

  /** @param isKept whether the piece's lines are the run's, and are to be put together */
  add({ key, etag, body, packed }: LedgerPiece, isKept: boolean): void {
    this.pieces.push({ key, etag, isKept });
    if (isKept && body !== "") this.#packed.push(packed ?? new PackedText(body));
  }

  get isEmpty(): boolean {
    return this.#packed.length === 0;
  }

  *[Symbol.iterator](): Generator<string> {
    for (const text of this.#packed) yield text.toString();
  }
}
