import { open } from "node:fs/promises";

// Large enough that a read costs nothing beside what is read; two of them stay in a processor's cache.
const CHUNK_BYTES = 1024 * 1024;

/** A file's bytes. The next chunk is read while the caller works on the current one. A chunk is valid only until the next one is asked for. */
export async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const read = (memory: Buffer) => file.read(memory, 0, CHUNK_BYTES, null);
  let [memory, other] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
  let reading = read(memory);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = read(other);
      yield memory.subarray(0, bytesRead);
      [memory, other] = [other, memory];
    }
  } finally {
    // A caller that stops early leaves a read in progress. The file must stay open until that read ends.
    await reading.catch(() => {});
  }
}
