import { addAbortSignal, type Readable } from "node:stream";
import {
  type _Object,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import type { Folder, FolderStore, NewObject, ObjectHead, ObjectSummary, StoredObject } from "@lotes/core";
import { CALL_TIMEOUTS } from "./call-timeouts.ts";
import { BrokenRangeError, parallelRanges, RANGE_BYTES, RANGE_TIMEOUT_MS, type ReadRange } from "./parallel-ranges.ts";
import { conditionalWriteError, conditionError, isEmptyObject, isGone } from "./s3-errors.ts";

/** One S3 bucket. Every write and removal is conditional. */
export class S3ObjectStore implements FolderStore {
  readonly #client: S3Client;
  /** Sends a call once, for conditional writes. It shares the connections of the first. */
  readonly #once: S3Client;
  /** Reads ranges without checksums, since a store may send that of the whole object with a range. It shares the same connections. */
  readonly #ranges: S3Client;
  readonly #bucket: string;
  readonly #rangeBytes: number;

  /**
   * @param config beyond what the environment says; for a bucket that lies elsewhere
   * @param connect makes each of the clients
   * @param rangeBytes how much of an object is asked for at once when it is streamed
   */
  constructor(
    bucket: string,
    config: S3ClientConfig = {},
    connect = (each: S3ClientConfig) => new S3Client(each),
    rangeBytes = RANGE_BYTES,
  ) {
    this.#client = connect({ ...CALL_TIMEOUTS, ...config });
    const { requestHandler } = this.#client.config;
    this.#once = connect({ ...config, requestHandler, maxAttempts: 1 });
    this.#ranges = connect({ ...config, requestHandler, responseChecksumValidation: "WHEN_REQUIRED" });
    this.#bucket = bucket;
    this.#rangeBytes = rangeBytes;
  }

  async get(key: string, versionId?: string): Promise<StoredObject | undefined> {
    try {
      const { Body, ETag, VersionId, Metadata, LastModified } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId }),
      );
      const body = (await Body?.transformToString()) ?? "";
      const modifiedAt = modifiedAtOf(LastModified);
      return { body, etag: unquoted(ETag), versionId: VersionId, metadata: Metadata ?? {}, modifiedAt };
    } catch (error) {
      if (error instanceof NoSuchKey || (error as Error).name === "NoSuchVersion") return undefined;
      throw error;
    }
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    try {
      const { ETag, VersionId, ContentLength, Metadata } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return { etag: unquoted(ETag), versionId: VersionId, bytes: ContentLength ?? 0, metadata: Metadata ?? {} };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async stream(key: string, etag: string): Promise<AsyncIterable<Uint8Array>> {
    const read: ReadRange = async (first, last, signal) => {
      const { Body, ContentRange } = await this.#unchanged(
        key,
        new GetObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          IfMatch: quoted(etag),
          Range: `bytes=${first}-${last}`,
        }),
        signal,
      );
      const size = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1] ?? Number.NaN);
      if (Number.isNaN(size)) throw new BrokenRangeError(`S3 did not answer with a range of ${key}`);
      return { size, body: addAbortSignal(signal, Body as Readable) };
    };
    try {
      const head = await read(0, this.#rangeBytes - 1, AbortSignal.timeout(RANGE_TIMEOUT_MS));
      return parallelRanges(head, read, this.#rangeBytes);
    } catch (error) {
      if (isEmptyObject(error)) return emptyStream();
      throw error;
    }
  }

  async putIf(key: string, expectedEtag: string | undefined, object: NewObject<string | Buffer>): Promise<void> {
    try {
      await this.#once.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          Body: object.body,
          ContentType: object.contentType,
          Metadata: { ...object.metadata },
          ...(expectedEtag === undefined ? { IfNoneMatch: "*" } : { IfMatch: quoted(expectedEtag) }),
        }),
      );
    } catch (error) {
      throw conditionalWriteError(key, error);
    }
  }

  async removeIf(key: string, expectedEtag: string): Promise<void> {
    try {
      await this.#once.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, IfMatch: quoted(expectedEtag) }));
    } catch (error) {
      if (isGone(error)) return;
      throw conditionalWriteError(key, error);
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectSummary> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) yield* Contents.map(summary);
  }

  async folder(prefix: string): Promise<Folder> {
    const { Contents = [], CommonPrefixes = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, Delimiter: "/" }),
    );
    return { folders: CommonPrefixes.map(({ Prefix = "" }) => Prefix), objects: Contents.map(summary) };
  }

  /** Closes the connections. */
  close(): void {
    this.#client.destroy();
  }

  async #unchanged(key: string, command: GetObjectCommand, abortSignal: AbortSignal) {
    try {
      return await this.#ranges.send(command, { abortSignal });
    } catch (error) {
      throw conditionError(key, error);
    }
  }
}

function summary({ Key = "", ETag, LastModified }: _Object): ObjectSummary {
  return { key: Key, etag: unquoted(ETag), modifiedAt: modifiedAtOf(LastModified) };
}

/** S3 always tells the time of the last change. For a store that does not, it is the earliest one. */
function modifiedAtOf(modified: Date | undefined): Date {
  return modified ?? new Date(0);
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}

// S3's headers carry ETags in quotes, its events without.
function quoted(etag: string): string {
  return `"${unquoted(etag)}"`;
}

function unquoted(etag: string | undefined): string {
  return etag?.replaceAll('"', "") ?? "";
}
