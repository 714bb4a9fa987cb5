import { open } from "node:fs/promises";

// Large enough that a read costs nothing beside what is read; two of them stay in a processor's cache.
const CHUNK_BYTES = 1024 * 1024;

/** A file's bytes. The next chunk is read while the last one is worked on, and each holds only until the next is asked for. */
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
    // Whoever stops early leaves a read under way, and the file must not be closed beneath it.
    await reading.catch(() => {});
  }
}
