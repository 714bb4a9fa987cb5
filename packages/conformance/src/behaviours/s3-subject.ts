import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { S3ObjectStore } from "@lotes/aws";
import type { NewObject } from "@lotes/core";
import type { RunningServer } from "../servers/server.ts";

/** What the behaviours of S3 are tried on: the product's own adapter, and a plain client beside it. */
export interface S3Subject extends Disposable {
  readonly bucket: string;
  readonly store: S3ObjectStore;
  /** The same for a bucket that keeps versions. */
  readonly versioned: { readonly bucket: string; readonly store: S3ObjectStore };
  /** Sends each call once. */
  readonly s3: S3Client;
}

export async function s3Subject({ clientConfig }: RunningServer): Promise<S3Subject> {
  const s3 = new S3Client({ ...clientConfig, maxAttempts: 1 });
  const bucket = "conformance";
  const versioned = "conformance-versioned";
  for (const each of [bucket, versioned]) await s3.send(new CreateBucketCommand({ Bucket: each }));
  await s3
    .send(new PutBucketVersioningCommand({ Bucket: versioned, VersioningConfiguration: { Status: "Enabled" } }))
    // A server without versions shows it in the behaviours that need them.
    .catch(() => {});
  const store = new S3ObjectStore(bucket, clientConfig);
  const versionedStore = new S3ObjectStore(versioned, clientConfig);
  return {
    bucket,
    store,
    versioned: { bucket: versioned, store: versionedStore },
    s3,
    [Symbol.dispose]: () => {
      for (const each of [store, versionedStore]) each.close();
      s3.destroy();
    },
  };
}

/** An object as the pipeline writes them. */
export function objectOf(body: string, metadata: Readonly<Record<string, string>> = { run: "9f2c" }): NewObject {
  return { body, contentType: "application/x-ndjson", metadata };
}

/** Writes an object where none is. @returns its ETag */
export async function written(store: S3ObjectStore, key: string, body: string): Promise<string> {
  await store.putIf(key, undefined, objectOf(body));
  return etagOf(store, key);
}

export async function etagOf(store: S3ObjectStore, key: string): Promise<string> {
  return (await store.head(key))?.etag ?? "";
}

/** What an object holds, in words. */
export async function contentOf(store: S3ObjectStore, key: string): Promise<string> {
  const object = await store.get(key);
  return object === undefined ? "nothing there" : `holds "${object.body}"`;
}
