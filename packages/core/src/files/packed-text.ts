import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

// The lines of a ledger are much alike: even at the quickest of the levels they take less than a tenth. As measured, 40 kB take 0.3 ms.
const QUICKEST = { level: constants.Z_BEST_SPEED };

/** Node takes the memory of smaller buffers from a piece that several share. */
const LEAST_OWN_BYTES = 64 * 1024;

const SHORT_BYTES = 4 * 1024;
/** Of zlib. */
const LEAST_CHUNK_BYTES = 64;

/** A text that takes little memory while nobody reads it. */
export class PackedText {
  readonly #packed: Uint8Array;
  readonly #unpackedBytes: number;

  constructor(text: string) {
    // A copy, for what zlib returns is the beginning of a larger piece of memory.
    this.#packed = new Uint8Array(deflateRawSync(text, QUICKEST));
    this.#unpackedBytes = Buffer.byteLength(text);
  }

  /** How much memory it takes. */
  get bytes(): number {
    return this.#packed.length;
  }

  toString(): string {
    // With room for one byte more, zlib takes all of its memory at once.
    const room = this.#unpackedBytes + 1;
    // V8 clears away what little a short text takes as quickly as anything else.
    if (room < SHORT_BYTES)
      return inflateRawSync(this.#packed, { chunkSize: Math.max(room, LEAST_CHUNK_BYTES) }).toString();
    const chunkSize = Math.max(room, LEAST_OWN_BYTES);
    const unpacked = inflateRawSync(this.#packed, { chunkSize });
    const text = unpacked.toString();
    // Given back now, for V8 might keep the memory of hundreds of such texts until it looks for garbage.
    (unpacked.buffer as ArrayBuffer).transfer(0);
    return text;
  }
}
