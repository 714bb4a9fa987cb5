import { hash } from "node:crypto";
import type { VirtualTime } from "./virtual-time.ts";

/** One version of an object. */
export interface StoredObject {
  /** Text, or the bytes of what was uploaded. */
  readonly body: string | Buffer;
  readonly bytes: number;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modifiedAt: Date;
  /** Undefined where the bucket keeps none. */
  readonly version: string | undefined;
}

export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** Why the bucket does not do something, by S3's name of it. */
export abstract class BucketError extends Error {}

/** A condition did not hold. */
export class PreconditionFailed extends BucketError {
  override readonly name = "PreconditionFailed";
}

/** There is no such object. */
export class NoObject extends BucketError {
  override readonly name = "NoSuchKey";
}

/** S3 has no room for so much metadata. */
export class MetadataTooLarge extends BucketError {
  override readonly name = "MetadataTooLarge";
}

const LARGEST_METADATA_BYTES = 2_048;

export interface BucketOptions {
  readonly time: VirtualTime;
  /** When virtual time begins, in ms since the epoch. */
  readonly epochMs: number;
  /** ETags as under SSE-KMS: no hash of the bytes, and a new one with each write. */
  readonly opaqueEtags: boolean;
  readonly keepsVersions: boolean;
  /** Called after each change; without an object after a removal. */
  readonly onChange?: (key: string, object: StoredObject | undefined) => void;
}

/** An S3 bucket. S3 is strongly consistent: a read sees every earlier write. */
export class Bucket {
  readonly #options: BucketOptions;
  readonly #objects = new Map<string, StoredObject>();
  readonly #versions = new Map<string, StoredObject>();
  #writes = 0;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  get(key: string, version?: string): StoredObject | undefined {
    return version === undefined ? this.#objects.get(key) : this.#versions.get(version);
  }

  /**
   * @throws {PreconditionFailed | NoObject} when the condition does not hold
   * @throws {MetadataTooLarge}
   */
  put(
    key: string,
    body: string | Buffer,
    metadata: Readonly<Record<string, string>>,
    conditions: Conditions = {},
  ): StoredObject {
    this.#check(key, conditions);
    const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (bytes > LARGEST_METADATA_BYTES) throw new MetadataTooLarge();
    const { time, epochMs, opaqueEtags, keepsVersions } = this.#options;
    const nth = ++this.#writes;
    const object: StoredObject = {
      body,
      bytes: Buffer.byteLength(body),
      etag: hash("md5", opaqueEtags ? `write ${nth}` : body),
      metadata: { ...metadata },
      // S3 gives it in whole seconds.
      modifiedAt: new Date(Math.floor((epochMs + time.now) / 1_000) * 1_000),
      version: keepsVersions ? `version-${nth}` : undefined,
    };
    this.#objects.set(key, object);
    if (object.version !== undefined) this.#versions.set(object.version, object);
    this.#options.onChange?.(key, object);
    return object;
  }

  /** @throws {PreconditionFailed | NoObject} when the condition does not hold */
  remove(key: string, conditions: Conditions = {}): void {
    this.#check(key, conditions);
    this.#objects.delete(key);
    this.#options.onChange?.(key, undefined);
  }

  /** The keys with a prefix, sorted as S3 sorts them. */
  keys(prefix: string): string[] {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  all(): ReadonlyMap<string, StoredObject> {
    return this.#objects;
  }

  #check(key: string, { ifMatch, ifNoneMatch }: Conditions): void {
    const current = this.#objects.get(key);
    if (ifMatch !== undefined) {
      if (current === undefined) throw new NoObject();
      if (current.etag !== ifMatch.replaceAll('"', "")) throw new PreconditionFailed();
    }
    if (ifNoneMatch !== undefined && current !== undefined) throw new PreconditionFailed();
  }
}
