import { setTimeout as delay } from "node:timers/promises";

/** A part of an object, as S3 begins to answer. */
export interface Range {
  /** Bytes of the whole object. */
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Asks for the bytes from `first` to `last`, both included; fewer come when the object ends before.
 * @param signal ends the request and its body
 */
export type ReadRange = (first: number, last: number, signal: AbortSignal) => Promise<Range>;

// S3 serves a connection at some 90 MB/s and answers after some 30 ms: a range takes 90 ms, of which a third is no waiting.
export const RANGE_BYTES = 8 * 1024 * 1024;
// 48 MiB of memory at the most, and more than four connections' worth of bytes (see docs/benchmarks.md). Lambda's network has room for one or two.
export const RANGES_AT_ONCE = 6;

/** What is handed on at once, and the pieces in which memory is taken. */
const BLOCK_BYTES = 1024 * 1024;
/**
 * So many blocks of the range that is being read may be in memory, the one that the reader has among them. A reader that is slower than S3 gains nothing
 * by more, and the ranges behind it are read meanwhile.
 */
export const BLOCKS_AHEAD = 2;

// A connection that is this slow is dead: at 1 MB/s a range takes 8 s.
export const RANGE_TIMEOUT_MS = 15_000;
const TRIES = 3;
const FIRST_WAIT_MS = 100;

/** S3 sent less than it had promised, or not what it was asked for. */
export class BrokenRangeError extends Error {
  override readonly name = "BrokenRangeError";
}

/**
 * Reads an object in ranges, several at once, and yields their bytes in order, each block of them as soon as it is there. A range that breaks off is asked
 * for again from there on. At no time is there more than {@link RANGES_AT_ONCE} ranges in memory, and memory is used again: what was yielded holds until
 * the next is asked for.
 * @param head the first range, asked for already
 * @param rangeBytes bytes of each range but the last
 */
export async function* parallelRanges(head: Range, read: ReadRange, rangeBytes: number): AsyncGenerator<Buffer> {
  const { size } = head;
  const stop = new AbortController();
  const blockBytes = Math.min(BLOCK_BYTES, rangeBytes, size);
  const free: ArrayBuffer[] = [];
  const take = () => Buffer.from(free.pop() ?? new ArrayBuffer(blockBytes));
  const underWay: BlocksOfRange[] = [];
  let asked = 0;
  const fetch = () => {
    if (asked >= size) return;
    const first = asked;
    asked = Math.min(size, first + rangeBytes);
    const bytes = readWithRetries(first, asked, read, stop.signal, first === 0 ? head : undefined);
    underWay.push(new BlocksOfRange(bytes, Math.ceil((asked - first) / blockBytes), take));
  };
  for (let ranges = 0; ranges < RANGES_AT_ONCE; ranges++) fetch();
  try {
    for (let range = underWay.shift(); range !== undefined; range = underWay.shift()) {
      for await (const block of range) {
        yield block;
        free.push(block.buffer);
      }
      fetch();
    }
  } finally {
    stop.abort();
    // Given back now, for V8 does not count this memory when it decides whether to look for garbage.
    for (const memory of free) memory.transfer(0);
  }
}

/** The bytes of a range, copied into blocks of memory as they come: all of them before somebody reads, and from then on {@link BLOCKS_AHEAD} at the most. */
class BlocksOfRange implements AsyncIterable<Buffer<ArrayBuffer>> {
  readonly #blocks: readonly PromiseWithResolvers<Buffer<ArrayBuffer>>[];
  /** The blocks before this one may be filled. */
  #end = Number.POSITIVE_INFINITY;
  #onRoom = () => {};

  /**
   * @param count of the blocks
   * @param take gives memory for one
   */
  constructor(source: AsyncIterable<Uint8Array>, count: number, take: () => Buffer<ArrayBuffer>) {
    this.#blocks = Array.from({ length: count }, () => Promise.withResolvers<Buffer<ArrayBuffer>>());
    this.#fill(source, take).catch((error) => {
      for (const { reject } of this.#blocks) reject(error);
    });
    // A range may fail while an earlier one is awaited. Its error is thrown when its turn comes.
    for (const { promise } of this.#blocks) promise.catch(() => {});
  }

  /** Each block, once it is full. Those that don't get full for an error throw it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer<ArrayBuffer>> {
    for (const [index, { promise }] of this.#blocks.entries()) {
      this.#end = index + BLOCKS_AHEAD;
      this.#onRoom();
      yield await promise;
    }
  }

  async #fill(source: AsyncIterable<Uint8Array>, take: () => Buffer<ArrayBuffer>): Promise<void> {
    let [full, block, at] = [0, take(), 0];
    for await (const bytes of source) {
      for (let from = 0; from < bytes.length; ) {
        if (at === block.length) {
          this.#blocks[full++]?.resolve(block);
          while (full >= this.#end) await this.#room();
          [block, at] = [take(), 0];
        }
        const some = bytes.subarray(from, from + block.length - at);
        block.set(some, at);
        at += some.length;
        from += some.length;
      }
    }
    this.#blocks[full]?.resolve(block.subarray(0, at));
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }
}

/**
 * The bytes of a range, as they come. One that breaks off is read on from there, three times at most in all.
 * @param end where the range ends; the byte there is none of its
 * @param begun the range, if it was asked for already
 */
async function* readWithRetries(
  first: number,
  end: number,
  read: ReadRange,
  stopped: AbortSignal,
  begun: Range | undefined,
): AsyncGenerator<Uint8Array> {
  let at = first;
  for (let tried = 1; ; tried++) {
    const ask = () => read(at, end - 1, AbortSignal.any([stopped, AbortSignal.timeout(RANGE_TIMEOUT_MS)]));
    const { body } = (tried === 1 && begun) || (await ask());
    try {
      for await (const bytes of exactly(end - at, body)) {
        yield bytes;
        at += bytes.length;
      }
      return;
    } catch (cause) {
      // What breaks behind the last byte takes nothing away.
      if (at === end && !(cause instanceof BrokenRangeError)) return;
      if (stopped.aborted || at === end || tried === TRIES) {
        throw new BrokenRangeError(`S3 broke off in the middle of the object, ${tried} times`, { cause });
      }
      await delay(FIRST_WAIT_MS * 2 ** (tried - 1));
    }
  }
}

/** @throws {BrokenRangeError} when there are more bytes or fewer, before one too many is handed on */
async function* exactly(count: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const bytes of body) {
    left -= bytes.length;
    if (left < 0) throw new BrokenRangeError("S3 sent more than the range");
    yield bytes;
  }
  if (left > 0) throw new BrokenRangeError(`S3 sent ${count - left} of ${count} bytes`);
}
