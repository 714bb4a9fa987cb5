import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import {
  type NewObject,
  ObjectChangedError,
  type ObjectStore,
  type ObjectSummary,
  type StoredObject,
} from "../../src/ports.ts";

/** A bucket in memory. Like S3 it answers later, decides in one instant, and knows objects by the hash of their bytes. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, StoredObject>();

  async get(key: string): Promise<StoredObject | undefined> {
    await turn();
    return this.#objects.get(key);
  }

  async stream(key: string, etag: string): Promise<AsyncIterable<Uint8Array>> {
    await turn();
    const object = this.#objects.get(key);
    if (object?.etag !== etag) throw new ObjectChangedError(key);
    return (async function* () {
      yield Buffer.from(object.body);
    })();
  }

  async putIf(key: string, expectedEtag: string | undefined, { body, metadata }: NewObject): Promise<void> {
    await turn();
    if (this.#objects.get(key)?.etag !== expectedEtag) throw new ObjectChangedError(key);
    this.#objects.set(key, { body, metadata, etag: createHash("md5").update(body).digest("hex") });
  }

  async removeIf(key: string, expectedEtag: string): Promise<void> {
    await turn();
    const etag = this.#objects.get(key)?.etag;
    if (etag !== undefined && etag !== expectedEtag) throw new ObjectChangedError(key);
    this.#objects.delete(key);
  }

  async *list(prefix: string): AsyncGenerator<ObjectSummary> {
    await turn();
    for (const [key, { etag }] of this.#objects) if (key.startsWith(prefix)) yield { key, etag };
  }

  /** Writes whatever is there, as somebody who does not ask. */
  async overwrite(key: string, body: string): Promise<void> {
    await this.putIf(key, (await this.get(key))?.etag, textObject(body));
  }
}

export function textObject(body: string): NewObject {
  return { body, contentType: "text/plain", metadata: {} };
}

/** An object as it comes back from the bucket. */
export function stored({ body, metadata }: Pick<NewObject, "body" | "metadata">): StoredObject {
  return { body, metadata, etag: "etag-1" };
}
