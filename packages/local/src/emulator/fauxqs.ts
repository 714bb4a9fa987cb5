import type { buildApp } from "fauxqs";

/** An S3 event of the emulator, told at the very moment the object changes. */
export interface BucketChange {
  readonly service: string;
  readonly bucket: string;
  readonly key: string;
  readonly status: string;
}

/** What is used here of the emulator's object store. */
export interface EmbeddedS3Store {
  spy?: { addMessage(event: BucketChange): void };
  createBucket(name: string): void;
  hasBucket(name: string): boolean;
  /** @throws when there is no such object */
  headObject(bucket: string, key: string): { etag: string; contentLength: number };
}

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;

/**
 * The emulator's stores. It does not export them, but its app takes them, and only with them in hand can a condition be checked and a
 * write be made without another request in between.
 */
export async function fauxqsStores(): Promise<{ s3Store: EmbeddedS3Store; stores: Stores }> {
  const load = (path: string) => import(new URL(path, import.meta.resolve("fauxqs")).href);
  const [{ S3Store }, { SqsStore }, { SnsStore }] = await Promise.all([
    load("./s3/s3Store.js"),
    load("./sqs/sqsStore.js"),
    load("./sns/snsStore.js"),
  ]);
  const stores: Stores = { s3Store: new S3Store(), sqsStore: new SqsStore(), snsStore: new SnsStore() };
  return { s3Store: stores.s3Store as unknown as EmbeddedS3Store, stores };
}
