import type { KeyAndEtag, LedgerPiece } from "./date-output.ts";

/** The lines of a ledger as bytes, which are the only ones in memory: what was outgrown is given back at once. */
export class LedgerLines {
  /** What they were taken from. */
  readonly pieces: KeyAndEtag[] = [];
  #memory = new ArrayBuffer(64 * 1024);
  #length = 0;

  /** @param isOwn whether the piece's lines are the run's */
  add({ key, etag, body }: LedgerPiece, isOwn: boolean): void {
    this.pieces.push({ key, etag });
    if (!isOwn) return;
    const length = this.#length + Buffer.byteLength(body);
    const { byteLength } = this.#memory;
    if (length > byteLength) this.#memory = this.#memory.transfer(Math.max(length, 2 * byteLength));
    Buffer.from(this.#memory).write(body, this.#length);
    this.#length = length;
  }

  bytes(): Buffer {
    return Buffer.from(this.#memory, 0, this.#length);
  }
}
