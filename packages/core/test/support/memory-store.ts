import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import {
  type Folder,
  type FolderStore,
  type NewObject,
  ObjectChangedError,
  type ObjectHead,
  type ObjectSummary,
  type Pieces,
  type StoredObject,
} from "../../src/ports.ts";

/** A bucket in memory. Like S3 it answers later, decides in one instant, and knows objects by the hash of their bytes. */
export class MemoryStore implements FolderStore {
  readonly #objects = new Map<string, StoredObject>();
  /** The bucket's clock. */
  now = () => new Date();
  /** The prefixes that were asked for one by one. */
  readonly listings: string[] = [];

  async get(key: string): Promise<StoredObject | undefined> {
    await turn();
    return this.#objects.get(key);
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    await turn();
    const object = this.#objects.get(key);
    if (object === undefined) return undefined;
    const { body, etag, metadata } = object;
    return { etag, metadata, bytes: Buffer.byteLength(body) };
  }

  async stream(key: string, etag: string): Promise<AsyncIterable<Uint8Array>> {
    await turn();
    const object = this.#objects.get(key);
    if (object?.etag !== etag) throw new ObjectChangedError(key);
    return (async function* () {
      yield Buffer.from(object.body);
    })();
  }

  async putIf(
    key: string,
    expectedEtag: string | undefined,
    { body: given, metadata }: NewObject<string | Pieces>,
  ): Promise<string> {
    await turn();
    const body = typeof given === "string" ? given : [...given].join("");
    if (this.#objects.get(key)?.etag !== expectedEtag) throw new ObjectChangedError(key);
    const etag = createHash("md5").update(body).digest("hex");
    this.#objects.set(key, { body, metadata, etag, modifiedAt: this.now() });
    return etag;
  }

  async removeIf(key: string, expectedEtag: string): Promise<void> {
    await turn();
    const etag = this.#objects.get(key)?.etag;
    if (etag !== undefined && etag !== expectedEtag) throw new ObjectChangedError(key);
    this.#objects.delete(key);
  }

  async *list(prefix: string): AsyncGenerator<ObjectSummary> {
    await turn();
    this.listings.push(prefix);
    for (const [key, { etag, modifiedAt }] of this.#objects)
      if (key.startsWith(prefix)) yield { key, etag, modifiedAt };
  }

  async folder(prefix: string): Promise<Folder> {
    await turn();
    this.listings.push(prefix);
    const inside = [...this.#objects].filter(([key]) => key.startsWith(prefix));
    const folderOf = (key: string) => /^[^/]*\//.exec(key.slice(prefix.length))?.[0];
    return {
      folders: [...new Set(inside.flatMap(([key]) => folderOf(key) ?? []))].map((name) => prefix + name),
      objects: inside
        .filter(([key]) => folderOf(key) === undefined)
        .map(([key, { etag, modifiedAt }]) => ({ key, etag, modifiedAt })),
    };
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
  return { body, metadata, etag: "etag-1", modifiedAt: new Date(0) };
}
