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
// 48 MiB of memory, and more than four connections' worth of bytes (see docs/benchmarks.md). Lambda's network has room for one or two.
export const RANGES_AT_ONCE = 6;

// A connection that is this slow is dead: at 1 MB/s a range takes 8 s.
export const RANGE_TIMEOUT_MS = 15_000;
const TRIES = 3;
const FIRST_WAIT_MS = 100;

/** S3 sent less than it had promised, or not what it was asked for. */
export class BrokenRangeError extends Error {
  override readonly name = "BrokenRangeError";
}

/**
 * Reads an object in ranges, several at once, and yields them in order. A range that breaks off is asked for again. At no time is there
 * more than {@link RANGES_AT_ONCE} ranges in memory, and their memory is used again: what was yielded holds until the next is asked for.
 * @param head the first range, asked for already
 * @param rangeBytes bytes of each range but the last
 */
export async function* parallelRanges(head: Range, read: ReadRange, rangeBytes: number): AsyncGenerator<Buffer> {
  const { size } = head;
  const stop = new AbortController();
  const count = Math.ceil(size / rangeBytes);
  const memories = Array.from({ length: Math.min(count, RANGES_AT_ONCE) }, () =>
    Buffer.allocUnsafeSlow(Math.min(size, rangeBytes)),
  );
  const fetch = (index: number): Promise<Buffer> => {
    const first = index * rangeBytes;
    const last = Math.min(size, first + rangeBytes) - 1;
    const memory = (memories[index % RANGES_AT_ONCE] as Buffer).subarray(0, last - first + 1);
    const open = (signal: AbortSignal) => read(first, last, signal);
    const fetching = fillWithRetries(memory, open, stop.signal, index === 0 ? head : undefined);
    // A range may fail while an earlier one is awaited. Its error is thrown when its turn comes.
    fetching.catch(() => {});
    return fetching;
  };
  const underWay = memories.map((_, index) => fetch(index));
  try {
    for (let index = 0; index < count; index++) {
      yield await (underWay.shift() as Promise<Buffer>);
      if (index + memories.length < count) underWay.push(fetch(index + memories.length));
    }
  } finally {
    stop.abort();
  }
}

/** Fills the memory with a range. One that breaks off is read again, three times at most in all. */
async function fillWithRetries(
  memory: Buffer,
  open: (signal: AbortSignal) => Promise<Range>,
  stopped: AbortSignal,
  begun: Range | undefined,
): Promise<Buffer> {
  for (let tried = 1; ; tried++) {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(RANGE_TIMEOUT_MS)]);
    const { body } = (tried === 1 && begun) || (await open(signal));
    try {
      return await fill(memory, body);
    } catch (cause) {
      if (stopped.aborted || tried === TRIES) {
        throw new BrokenRangeError(`S3 broke off in the middle of the object, ${TRIES} times`, { cause });
      }
      await delay(FIRST_WAIT_MS * 2 ** (tried - 1));
    }
  }
}

async function fill(memory: Buffer, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  let at = 0;
  for await (const bytes of body) {
    if (at + bytes.length > memory.length) throw new BrokenRangeError("S3 sent more than the range");
    memory.set(bytes, at);
    at += bytes.length;
  }
  if (at < memory.length) throw new BrokenRangeError(`S3 sent ${at} of ${memory.length} bytes`);
  return memory;
}
