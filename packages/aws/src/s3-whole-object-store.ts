import {
  type _Object,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import type { NewObject, ObjectHead, ObjectStore, ObjectSummary, Pieces, StoredObject } from "@lotes/core";
import { CALL_TIMEOUTS } from "./call-timeouts.ts";
import { objectBody } from "./object-body.ts";
import { conditionalWriteError, isGone, isUnreadableVersion } from "./s3-errors.ts";

/** One S3 bucket, for whoever reads and writes its objects whole. Every write and removal is conditional. */
export class S3WholeObjectStore implements ObjectStore {
  protected readonly client: S3Client;
  /** Sends a call once, for conditional writes. It shares the connections of the first. */
  readonly #once: S3Client;
  protected readonly bucket: string;

  /**
   * @param config beyond what the environment says; for a bucket that lies elsewhere
   * @param connect makes each of the clients
   */
  constructor(bucket: string, config: S3ClientConfig = {}, connect = newClient) {
    this.client = connect({ ...CALL_TIMEOUTS, ...config });
    const { requestHandler } = this.client.config;
    this.#once = connect({ ...config, requestHandler, maxAttempts: 1 });
    this.bucket = bucket;
  }

  async get(key: string, versionId?: string): Promise<StoredObject | undefined> {
    try {
      const { Body, ETag, VersionId, Metadata, LastModified } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: key, VersionId: versionId }),
      );
      const body = (await Body?.transformToString()) ?? "";
      const modifiedAt = modifiedAtOf(LastModified);
      return { body, etag: unquoted(ETag), versionId: VersionId, metadata: Metadata ?? {}, modifiedAt };
    } catch (error) {
      if (error instanceof NoSuchKey || (versionId !== undefined && isUnreadableVersion(error))) return undefined;
      throw error;
    }
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    try {
      const { ETag, VersionId, ContentLength, Metadata } = await this.client.send(
        new HeadObjectCommand({ Bucket: this.bucket, Key: key }),
      );
      return { etag: unquoted(ETag), versionId: VersionId, bytes: ContentLength ?? 0, metadata: Metadata ?? {} };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async putIf(key: string, expectedEtag: string | undefined, object: NewObject<string | Pieces>): Promise<string> {
    try {
      const { ETag } = await this.#once.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: key,
          ...objectBody(object.body),
          ContentType: object.contentType,
          Metadata: { ...object.metadata },
          ...(expectedEtag === undefined ? { IfNoneMatch: "*" } : { IfMatch: quoted(expectedEtag) }),
        }),
      );
      return unquoted(ETag);
    } catch (error) {
      throw conditionalWriteError(key, error);
    }
  }

  async removeIf(key: string, expectedEtag: string): Promise<void> {
    try {
      await this.#once.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key, IfMatch: quoted(expectedEtag) }));
    } catch (error) {
      if (isGone(error)) return;
      throw conditionalWriteError(key, error);
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectSummary> {
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) yield* Contents.map(summary);
  }

  /** Closes the connections. */
  close(): void {
    this.client.destroy();
  }
}

export function newClient(config: S3ClientConfig): S3Client {
  return new S3Client(config);
}

export function summary({ Key = "", ETag, LastModified }: _Object): ObjectSummary {
  return { key: Key, etag: unquoted(ETag), modifiedAt: modifiedAtOf(LastModified) };
}

/** S3 always tells the time of the last change. For a store that does not, it is the earliest one. */
function modifiedAtOf(modified: Date | undefined): Date {
  return modified ?? new Date(0);
}

// S3's headers carry ETags in quotes, its events without.
export function quoted(etag: string): string {
  return `"${unquoted(etag)}"`;
}

function unquoted(etag: string | undefined): string {
  return etag?.replaceAll('"', "") ?? "";
}
