import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import {
  type NewObject,
  ObjectChangedError,
  type ObjectStore,
  type ObjectSummary,
  type StoredObject,
} from "@lotes/core";
import { CALL_LIMITS } from "./call-limits.ts";

/** One S3 bucket. Every write and removal is conditional. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  /** @param config beyond what the environment says; for a bucket that lies elsewhere */
  constructor(bucket: string, config: S3ClientConfig = {}) {
    this.#client = new S3Client({ ...CALL_LIMITS, ...config });
    this.#bucket = bucket;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    try {
      const { Body, ETag, Metadata } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return { body: (await Body?.transformToString()) ?? "", etag: unquoted(ETag), metadata: Metadata ?? {} };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async stream(key: string, etag: string): Promise<AsyncIterable<Uint8Array>> {
    const { Body } = await this.#unchanged(
      key,
      new GetObjectCommand({ Bucket: this.#bucket, Key: key, IfMatch: quoted(etag) }),
    );
    return Body as AsyncIterable<Uint8Array>;
  }

  async putIf(key: string, expectedEtag: string | undefined, object: NewObject): Promise<void> {
    await this.#unchanged(
      key,
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: object.body,
        ContentType: object.contentType,
        Metadata: { ...object.metadata },
        ...(expectedEtag === undefined ? { IfNoneMatch: "*" } : { IfMatch: quoted(expectedEtag) }),
      }),
    );
  }

  async removeIf(key: string, expectedEtag: string): Promise<void> {
    try {
      await this.#client.send(
        new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, IfMatch: quoted(expectedEtag) }),
      );
    } catch (error) {
      if (isGone(error)) return;
      throw asChanged(key, error);
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectSummary> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key, ETag } of Contents) yield { key: Key ?? "", etag: unquoted(ETag) };
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#client.destroy();
  }

  async #unchanged<C extends GetObjectCommand | PutObjectCommand>(key: string, command: C) {
    try {
      return await this.#client.send(command as GetObjectCommand);
    } catch (error) {
      throw asChanged(key, error);
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== "NoSuchBucket";
}

/** 412: the condition did not hold. 409: another conditional write of the key was under way. 404: there is no object to match. */
function asChanged(key: string, error: unknown): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  const status = error.$metadata.httpStatusCode;
  const changed = status === 412 || status === 409 || isGone(error);
  return changed ? new ObjectChangedError(key, { cause: error }) : error;
}

// S3's headers carry ETags in quotes, its events without.
function quoted(etag: string): string {
  return `"${unquoted(etag)}"`;
}

function unquoted(etag: string | undefined): string {
  return etag?.replaceAll('"', "") ?? "";
}
