import type { TimedArrival } from "./certain-peak.ts";

/** What is known of a schedule that has settled, for the oracle to judge by. */

/** One upload, in the order of S3's events. */
export interface KnownUpload {
  readonly date: string;
  readonly csv: string;
  readonly forced: boolean;
  readonly sequencer: string;
}

/** A consumer's delivery of a lote, from the outside. */
export interface Delivery {
  readonly body: string;
  /** Of the time the function had, how much was used when it ended. */
  readonly timeUsed: number;
  readonly failed: boolean;
  readonly receives: number;
  /** Whether TMDB had asked the consumer's process for a pause that is longer than any function's time. */
  readonly heldUp: boolean;
}

/** An attempt at one of TMDB's movies, from the inside. */
export interface Attempt {
  readonly id: string;
  /** How long the process was at it, less the time in which it was frozen. */
  readonly ms: number;
  /** Whether the connection was closed while the process did not look. */
  readonly reset: boolean;
}

export interface KnownObject {
  readonly body: string;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What `lotes status` says of a date. */
export interface KnownAccount {
  readonly stored: number;
  readonly settled: boolean;
  readonly cancelled: number;
}

/** That an operator ended a run. */
export interface KnownCancel {
  readonly date: string;
  readonly run: string;
  /** By the clock of the arrivals; undefined where calls went wrong, so that consumers may have learnt of it late. */
  readonly knownAt: number | undefined;
}

export interface Evidence {
  readonly cancels: readonly KnownCancel[];
  readonly uploads: readonly KnownUpload[];
  readonly objects: ReadonlyMap<string, KnownObject>;
  /** By date. */
  readonly accounts: ReadonlyMap<string, KnownAccount | undefined>;
  /** What TMDB knows of an id, as a line of a lote's file; undefined for an unknown id. */
  readonly recordOf: (id: string) => string | undefined;
  readonly arrivals: readonly TimedArrival[];
  readonly attempts: readonly Attempt[];
  /** What consumers and collectors threw, which Lambda takes for a function that is broken. */
  readonly thrown: readonly string[];
  readonly deliveries: readonly Delivery[];
  /** Ids that TMDB was told to answer with something that is no movie, or not the one. */
  readonly misanswered: ReadonlySet<string>;
  /** Ids of which TMDB was told to begin with the movie and not to come to its end. */
  readonly brokenOff: ReadonlySet<string>;
  /** What strangers sent. */
  readonly strangers: readonly string[];
  readonly loteSize: number;
  readonly requestsPerSecond: number;
  readonly secret: string;
  /** All that was logged, and every body of a message. */
  readonly texts: readonly string[];
  /** Whether the troubles are over and everything was replayed: then only what can't succeed may have failed. */
  readonly healed: boolean;
}
