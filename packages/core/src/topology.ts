/**
 * What Lambda and SQS are set to. The stacks deploy it, the local stack obeys it, and nothing else states it.
 */

export const FUNCTIONS = ["producer", "consumer", "collector"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Those that lotes travel by, with the names of their components. */
export const QUEUES = ["LoteQueue", "DeadLetterQueue"] as const;
export type QueueName = (typeof QUEUES)[number];

export interface FunctionLimits {
  /** A handler that runs longer is killed. */
  readonly timeoutSeconds: number;
  /** Lambda gives a function a share of a core in proportion to its memory: a whole one at 1,769 MB. */
  readonly memoryMb: number;
}

export interface EventSourceLimits {
  readonly queue: QueueName;
  /** Messages in one invocation, at most. */
  readonly batchSize: number;
  /** How long Lambda gathers messages for a batch. */
  readonly windowSeconds: number;
}

/**
 * Reads 170 MB in some 3 s at the pace of one connection to S3; a lake that grows takes longer, and so does SQS on a bad day. Looking at
 * bytes is all it does, so it gets a whole core: less would take longer and cost the same.
 */
export const PRODUCER: FunctionLimits = { timeoutSeconds: 300, memoryMb: 1769 };

/**
 * A lote of 100 takes 5 s at 20 requests per second. Twelve times that lets it sit out a long `Retry-After` or an outage.
 * One lote per invocation: a crash costs one lote its attempt, not ten. A consumer waits for TMDB most of the time, and Lambda charges for the memory
 * that it is given. In steps of 16 MB this is the smallest size of which a quarter stays free. By `bench cost` a lote takes 1 % longer than with 512 MB, for
 * less than half of the money.
 */
export const CONSUMER: FunctionLimits & EventSourceLimits = {
  timeoutSeconds: 60,
  memoryMb: 144,
  queue: "LoteQueue",
  batchSize: 1,
  windowSeconds: 0,
};

/**
 * A read for each message and one conditional write for each date. In an outage every lote reports within seconds: gathered for 5 s
 * the ledger is written once instead of once for each. 100 reports of 100 failures are 4 MB, and Lambda hands over 6 MB at most.
 *
 * To find out that a run has settled it looks at every lote, which takes CPU: with the share of a core that 512 MB have, 13 ms for each. It does that while a large run goes
 * on; at the end of a million ids it still takes 4 to 7 s, most of them to list ten thousand files twice and to write of each. With 1,024 MB a million ids cost
 * 1 % more.
 */
export const COLLECTOR: FunctionLimits & EventSourceLimits = {
  timeoutSeconds: 60,
  memoryMb: 512,
  queue: "DeadLetterQueue",
  batchSize: 100,
  windowSeconds: 5,
};

/**
 * V8's young generation stays as small as it begins, 1 MB a half, which is 10 MiB less of a consumer. By default it grows as far as the largest half that
 * is allowed. `--max-semi-space-size` can't be used for that: Lambda starts Node with one of its own, a twentieth of the function's memory, and the
 * command line goes before NODE_OPTIONS.
 */
const SMALL_YOUNG_GENERATION = "--semi-space-growth-factor=1";
/**
 * By default V8 lets the old generation grow to three times what is in use before it looks for garbage there. With the first flag alone it looks once
 * 8 MB more are in use, and with the second once a quarter of that is.
 */
const LITTLE_OLD_GARBAGE = ["--optimize-for-size", "--incremental-marking-hard-trigger=25"];
/**
 * V8 compiles nothing for speed, which takes memory and a thread by itself, 6 to 7 MiB as measured. The consumers and the collector wait for others most of
 * their time and never get that CPU back: without it a lote takes 5 % less CPU, and the collector's work as much as before.
 */
const NO_OPTIMIZING_COMPILER = "--no-opt";
/**
 * V8's Maglev, which is quick at compiling, compiles what was called ten thousand times, in place of four hundred. What it takes for that stays in the
 * process, 3 to 5 MiB. The collector's CPU is the same within 4 %; without Maglev at all it is a fifth more.
 */
const LITTLE_MAGLEV = "--invocation-count-for-maglev=10000";

/**
 * While V8 looks for old garbage it looks for young garbage, too. By default it does not: the young generation grows by all that comes meanwhile, 6 MB in
 * 80 ms of a function that is at work on a core of its own.
 */
const YOUNG_BESIDE_OLD = "--no-separate-gc-phases";

/**
 * By default glibc keeps memory apart for each thread, and of what it has given out in pieces it gives back only the end. V8's parser and compilers take
 * memory in pieces of 32 kB: from that size on each piece is given back once it is free, which is 7 MiB of a process that has loaded a function.
 */
const MEMORY_GIVEN_BACK = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: String(32 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024),
} as const;

/** NODE_OPTIONS takes few of V8's flags; a module that Node loads first can set all of them. */
function variables(...flags: readonly string[]): Readonly<Record<string, string>> {
  const settings = [YOUNG_BESIDE_OLD, ...flags].map((flag) => `setFlagsFromString('${flag}')`);
  return {
    ...MEMORY_GIVEN_BACK,
    NODE_OPTIONS: `--import=data:text/javascript,import{setFlagsFromString}from'node:v8';${settings.join(";")}`,
  };
}

/** Variables that a function's process has from its start, for less memory and CPU. */
export const PROCESS_VARIABLES: Readonly<Record<FunctionName, Readonly<Record<string, string>>>> = {
  producer: variables(SMALL_YOUNG_GENERATION, ...LITTLE_OLD_GARBAGE),
  consumer: variables(SMALL_YOUNG_GENERATION, NO_OPTIMIZING_COMPILER),
  collector: variables(SMALL_YOUNG_GENERATION, ...LITTLE_OLD_GARBAGE, NO_OPTIMIZING_COMPILER, LITTLE_MAGLEV),
};

/** How the ledger of a run is kept while the run is worked on. */
export interface LedgerParts {
  /** A run of no more lotes has its ledger in one piece. */
  readonly mostLotesInOne: number;
  /** How many lotes share a part of another run's ledger. */
  readonly lotesOfPart: number;
}

/**
 * An object in S3 can't be appended to: what grows is written again with each batch of reports. Lotes are worked on nearly in their order, so a batch of
 * a large run changes one part or two, of some 35 kB each when a seventh of the ids fail. A ledger of 50 lotes is not much larger.
 */
export const LEDGER_PARTS: LedgerParts = { mostLotesInOne: 50, lotesOfPart: 10 };

/** The collector is the only writer of the ledgers. Two at once would be no harm, only in each other's way. */
export const COLLECTORS = 1;

/**
 * How the time of an invocation that asks TMDB is divided. What is left between these, half of the consumer's minute and more, is for retries
 * and pauses.
 */
export const CONSUMER_TIME = {
  /**
   * An attempt at TMDB, from the sending to the last byte of the answer. TMDB answers within some 100 ms: what is not through by then is lost, and
   * there is time for another. All seven attempts would fit into the minute.
   */
  attemptMs: 5_000,
  /** The most that a lote may take at its consumer's share of the budget, without a retry: half of the timeout. */
  fetchingSeconds: CONSUMER.timeoutSeconds / 2,
  /**
   * Kept for the writes. The lote's file and the report take some 100 ms, and two seconds more where an earlier run's file had the same bytes;
   * this lets each of their calls run into its timeout once and be tried again. Of a time that is too short for it, a quarter is kept.
   */
  writesMs: 10_000,
  /**
   * Kept for what a handler may still have to do after its last wait: its answer leaves within a millisecond, on a crowded machine within a
   * hundred. Of a time that is too short for it, a twentieth is kept.
   */
  answerMs: 500,
} as const;

/** What S3 takes as metadata beside an object, in bytes, names included (S3 User Guide, "Working with object metadata"). */
export const METADATA_BYTES = 2_048;
/** What ids may take of it. */
export const METADATA_ID_BYTES = 1_800;
/** A lote's ids, of up to 10 characters each with a mark and a comma, fit in there. */
export const MOST_IDS_OF_A_LOTE = METADATA_ID_BYTES / 12;

/**
 * List prices of us-east-1 in USD, as published in 2025; Lambda's on arm64: of a second of one GB, and of one request each.
 */
export const PRICES = {
  gbSecond: 0.0000133334,
  invocation: 0.2 / 1_000_000,
  s3Write: 0.005 / 1_000,
  s3Read: 0.0004 / 1_000,
  sqsRequest: 0.4 / 1_000_000,
} as const;

/**
 * How long SQS hides a message from other consumers while one works on it. AWS asks for at least six times the function's timeout
 * and the batching window, so that throttled and retried invocations don't meet a second delivery of the same message.
 */
export function visibilityTimeoutSeconds({
  timeoutSeconds,
  windowSeconds,
}: FunctionLimits & EventSourceLimits): number {
  return 6 * timeoutSeconds + windowSeconds;
}

/** Receives before SQS moves a message to the DeadLetterQueue. AWS asks for at least 5, since throttled receives count too. */
export const MAX_RECEIVE_COUNT = 5;

/** Lambda invokes again, twice, what failed in an asynchronous invocation: one minute, then two minutes later. */
export const ASYNC_RETRY_DELAYS_SECONDS: readonly number[] = [60, 120];
