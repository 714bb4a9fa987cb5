import type { MovieRecord } from "./dataset/movie-record.ts";
import type { Metric } from "./metrics.ts";
import type { Reason } from "./reasons.ts";

/**
 * All that the domain needs from the outside. Whoever implements these knows no rule of the domain.
 */

export interface StoredObject {
  readonly body: string;
  readonly etag: string;
  /** Of its bytes; undefined where the bucket keeps no versions. */
  readonly versionId?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** When it was written, to the second. */
  readonly modifiedAt: Date;
}

export interface ObjectSummary {
  readonly key: string;
  readonly etag: string;
  /** When it was written, to the second. */
  readonly modifiedAt: Date;
}

/** What lies directly under a prefix. */
export interface Folder {
  /** The prefixes of the folders in it, each with its final slash. */
  readonly folders: readonly string[];
  readonly objects: readonly ObjectSummary[];
}

/** What is known of an object without its bytes. */
export interface ObjectHead {
  readonly etag: string;
  /** Of its bytes; undefined where the bucket keeps no versions. */
  readonly versionId?: string | undefined;
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A text that need not be in memory as a whole. It can be gone through again and again. */
export type Pieces = Iterable<string>;

export interface NewObject<Body = string> {
  readonly body: Body;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One bucket. */
export interface ObjectStore {
  /**
   * The whole object, or undefined when there is none.
   * @param versionId the version that is meant, where the bucket keeps versions; else the latest. One that can't be read is none
   */
  get(key: string, versionId?: string): Promise<StoredObject | undefined>;
  /** The object without its bytes, or undefined when there is none. */
  head(key: string): Promise<ObjectHead | undefined>;
  /**
   * Writes the object if it still is what it was: of the given ETag, or absent when that is undefined.
   * @returns the ETag that it has by that
   * @throws {ObjectChangedError} when it isn't.
   * @throws {UncertainWriteError} when nobody knows whether it was written.
   */
  putIf(key: string, expectedEtag: string | undefined, object: NewObject<string | Pieces>): Promise<string>;
  /**
   * Removes the object if it still has the ETag. An object that is gone already is no error.
   * @throws {ObjectChangedError} when it has another.
   * @throws {UncertainWriteError} when nobody knows whether it was removed.
   */
  removeIf(key: string, expectedEtag: string): Promise<void>;
  list(prefix: string): AsyncIterable<ObjectSummary>;
}

/** A bucket that can be looked through without reading the list of all its objects, and whose objects can be read without being in memory whole. */
export interface FolderStore extends ObjectStore {
  /**
   * The object's bytes in order, pinned to one version. Each chunk holds only until the next one is asked for.
   * @throws {ObjectChangedError} when the object has another ETag by now, or is gone; in the middle of the bytes too.
   */
  stream(key: string, etag: string): Promise<AsyncIterable<Uint8Array>>;
  /** At most the first 1,000 entries: one request. */
  folder(prefix: string): Promise<Folder>;
}

/** Somebody else wrote first: the object is not, or no longer, the one that was meant. */
export class ObjectChangedError extends Error {
  override readonly name = "ObjectChangedError";
  readonly key: string;

  constructor(key: string, options?: ErrorOptions) {
    super(`${key} was changed by somebody else in the meantime`, options);
    this.key = key;
  }
}

/**
 * Nobody knows whether the store has done a conditional write or removal: it gave no answer, or one that decides nothing. The same call must
 * not be repeated. The same bytes have the same ETag, so an object with that ETag may be somebody else's by now.
 */
export class UncertainWriteError extends Error {
  override readonly name = "UncertainWriteError";

  constructor(key: string, options?: ErrorOptions) {
    super(`nobody knows whether ${key} was written`, options);
  }
}

export interface OutgoingMessage {
  readonly body: string;
  /** How long the queue keeps it back, in whole seconds: 0 to 900. */
  readonly delaySeconds?: number;
}

/** One queue. */
export interface MessageQueue {
  /**
   * Sends every message, asking again for those the queue refuses.
   * @throws when any of them could not be sent; sending all of them again is the caller's remedy.
   */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
}

/** Structured logging: a sentence, and what it is about. */
export interface Log {
  info(message: string, ...fields: Record<string, unknown>[]): void;
  warn(message: string, ...fields: Record<string, unknown>[]): void;
  error(message: string, ...fields: Record<string, unknown>[]): void;
}

/** Numbers to watch the pipeline by. */
export interface Metrics {
  add(metric: Metric, value: number): void;
  /** How many ids failed, and why. */
  addFailed(reason: Reason, ids: number): void;
}

/** Until when to go on, and what tells to stop before. */
export interface MovieRequestOptions {
  /** By `performance.now()`, which no step of the wall clock moves. */
  readonly deadline: number;
  /** Aborted when nothing more is to be asked, at the deadline at the latest. */
  readonly signal: AbortSignal;
  /** Aborted at the deadline. It ends the requests in progress. If it is not given, `signal` ends them. */
  readonly timeIsUp?: AbortSignal;
  /** Is called when an attempt had no movie and will be repeated. */
  readonly onFailedAttempt?: (failure: MovieFailure) => void;
}

/** Why one id has no record. */
export interface MovieFailure {
  readonly reason: Reason;
  /** The HTTP status, null where there was no answer. */
  readonly status: number | null;
  readonly message: string;
}

/** What was learnt of one id: its record, why it has none, or `stopped`: there was no answer in time. */
export type MovieAnswer =
  | { readonly record: MovieRecord }
  | { readonly failure: MovieFailure }
  | { readonly stopped: true };

/** What went over the wire. */
export interface Traffic {
  readonly requests: number;
  readonly retries: number;
  /** Answers of 429. */
  readonly rate_limited: number;
}

/**
 * What a source of movies waited for, in milliseconds. Each instant at which movies were asked for counts once: as what kept it from asking more.
 */
export interface Waits {
  /** A request waited for its turn in the budget, though a connection was free. */
  readonly limiter: number;
  /** Nothing was to be sent: after a 429, or until an id could be asked for again. */
  readonly pause: number;
  /** For the source's answers. */
  readonly answer: number;
}

/** Where movies come from. */
export interface MovieSource {
  /** Whose answers these are: the same for the same server and language, 16 characters at most. */
  readonly origin: string;
  /** Asks for one movie, again as often as it may help. Never throws for what the source answers. */
  movie(id: string, options: MovieRequestOptions): Promise<MovieAnswer>;
  /** Counted since the start of the process. */
  readonly traffic: Traffic;
  /** Counted since the start of the process. */
  readonly waits: Waits;
  /** The end of a pause that the source has asked for and that no lote can wait out, by `performance.now()`; -Infinity if there was none. */
  readonly askedPauseUntil: number;
}
