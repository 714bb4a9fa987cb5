import type { buildApp } from "fauxqs";
import { DataDirError } from "../data-dir-error.ts";

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
  headObject(bucket: string, key: string): StoredObjectFacts;
  listObjects(bucket: string, options: { prefix: string; maxKeys: number }): { objects: StoredObjectFacts[] };
  /** @returns the object as it is kept from now on */
  putObject(bucket: string, key: string, ...rest: unknown[]): { etag: string };
  /** Those that are under way, by their ids. */
  readonly multipartUploads: ReadonlyMap<string, { readonly bucket: string }>;
  /** @returns the object as it is kept from now on */
  completeMultipartUpload(uploadId: string, parts: readonly unknown[]): { etag: string };
}

export interface StoredObjectFacts {
  readonly key: string;
  readonly etag: string;
  readonly contentLength: number;
  readonly lastModified: Date;
  /** Such as `CRC32`, of the whole object; where its writer sent one. */
  readonly checksumAlgorithm?: string;
  readonly checksumValue?: string;
}

/** What is used here of the emulator's queues. */
export interface EmbeddedSqsStore {
  getQueue(url: string): EmbeddedQueue | undefined;
  createMessage(body: string, attributes: object, delaySeconds: number | undefined): StoredMessage;
}

export interface EmbeddedQueue {
  readonly attributes: Readonly<Record<string, string>>;
  isFifo(): boolean;
  enqueue(message: StoredMessage): void;
}

export interface StoredMessage {
  readonly messageId: string;
  readonly md5OfBody: string;
  /** Empty when there are none. */
  readonly md5OfMessageAttributes: string;
}

export interface EmbeddedStores {
  readonly s3Store: EmbeddedS3Store;
  readonly sqsStore: EmbeddedSqsStore;
  readonly stores: Stores;
  close(): void;
}

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>;

/**
 * The emulator's stores. It does not export them, but its app takes them, and only with them in hand can a condition be checked and a
 * write be made without another request in between.
 * @param dataDir keeps them there, in a database of SQLite's, beyond the end of the process; without it, in memory
 */
export async function fauxqsStores(dataDir: string | undefined): Promise<EmbeddedStores> {
  const [{ S3Store }, { SqsStore }, { SnsStore }] = await Promise.all([
    load("./s3/s3Store.js"),
    load("./sqs/sqsStore.js"),
    load("./sns/snsStore.js"),
  ]);
  const stores: Stores = { s3Store: new S3Store(), sqsStore: new SqsStore(), snsStore: new SnsStore() };
  const close = dataDir === undefined ? () => {} : await persist(stores, dataDir);
  const queues = stores.sqsStore as unknown as EmbeddedSqsStore;
  return {
    s3Store: stores.s3Store as unknown as EmbeddedS3Store,
    sqsStore: { getQueue: (url) => queues.getQueue(url), createMessage: SqsStore.createMessage },
    stores,
    close,
  };
}

function load(path: string) {
  return import(new URL(path, import.meta.resolve("fauxqs")).href);
}

interface Persistent {
  persistence: unknown;
}

interface PersistentStores {
  readonly s3Store: Persistent;
  readonly sqsStore: Persistent & { allQueues(): Iterable<Persistent> };
  readonly snsStore: Persistent;
}

/**
 * Brings back what the stores held when their process ended, and keeps them from now on. As the emulator's own server does it.
 * @throws {DataDirError} when another process does so already, or the directory can't be used
 */
async function persist(stores: Stores, dataDir: string): Promise<() => void> {
  // SQLite is loaded only where something is kept.
  const [{ PersistenceManager }, { lockDataDir }] = await Promise.all([
    load("./persistence.js"),
    import("../data-dir-lock.ts"),
  ]);
  const unlock = lockDataDir(dataDir);
  try {
    const persistence = new PersistenceManager(dataDir);
    persistence.db.exec(KEEP_WHAT_A_PROCESS_WROTE);
    persistence.db.exec(RELEASE_IN_FLIGHT);
    const { s3Store, sqsStore, snsStore } = stores as unknown as PersistentStores;
    persistence.load(sqsStore, snsStore, s3Store);
    // Saving begins only now. Before, the stores would write what they have just read.
    for (const each of [s3Store, sqsStore, snsStore, ...sqsStore.allQueues()]) each.persistence = persistence;
    return () => {
      persistence.close();
      unlock();
    };
  } catch (cause) {
    unlock();
    throw new DataDirError(`${dataDir} can't be used: ${(cause as Error).message}`, { cause });
  }
}

/**
 * What a process has written is kept when it is killed, for the system has it. By default SQLite also waits for the disk after each
 * message and object, which takes fifty times as long. It would save them from a loss of power; now the last of them may be missing after one.
 * The database is whole in both cases.
 */
const KEEP_WHAT_A_PROCESS_WROTE = "PRAGMA synchronous = NORMAL";

/**
 * Whoever had received a message died with the process: it is visible again, and that receive does not count towards the five after
 * which SQS gives it up. It stays received, though: something may have come of it.
 */
const RELEASE_IN_FLIGHT = `
  UPDATE sqs_messages
  SET receipt_handle = NULL, visibility_deadline = NULL, approximate_receive_count = MAX(1, approximate_receive_count - 1)
  WHERE receipt_handle IS NOT NULL
`;
