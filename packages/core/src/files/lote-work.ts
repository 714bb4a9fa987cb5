import type { Traffic } from "../ports.ts";

/** Where the time of a lote's deliveries went, in whole milliseconds. */
export interface LoteTimes {
  /** From the sending of its message until a consumer began with it. */
  readonly queue: number;
  /** While its requests waited for their turn in TMDB's budget. */
  readonly limiter: number;
  /** While nothing was sent: after a 429, or until an id could be asked for again. */
  readonly pause: number;
  /** While TMDB's answers were waited for. */
  readonly tmdb: number;
  /** While S3 was waited for. A file can't tell how long its own write took, so this counts the writes of the process's lote before, and the first look at the run. */
  readonly s3: number;
}

/** What it took to get the records of a lote, over all deliveries and replays that stored any. It stands in the metadata of the lote's file. */
export interface LoteWork extends Traffic {
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** When the last of those deliveries began. It tells one delivery from another. */
  readonly lastStartedAt: Date;
  /** When TMDB gave the record that it gave first. */
  readonly oldestFetchedAt: Date;
  /** Records that were not asked for, since an earlier output had them. */
  readonly reused: number;
  /** Whose answers the records are, see `MovieSource`; undefined where that is not known, or where they are several's. */
  readonly origin?: string | undefined;
  /** Undefined where that was not kept. */
  readonly times?: LoteTimes | undefined;
}

/** Whether more than one delivery has stored records: between the begin and the end there may be hours without a request. */
export function isRepeated({ startedAt, lastStartedAt }: LoteWork): boolean {
  return lastStartedAt.getTime() !== startedAt.getTime();
}

/** The names of the metadata. */
const WORK = "work";
const ORIGIN = "origin";
const TIMES = "times";

/** The numbers in their order, instants in milliseconds since 1970. */
export function workMetadata(work: LoteWork | undefined): { readonly [WORK]?: string; readonly [ORIGIN]?: string } {
  if (work === undefined) return {};
  const { startedAt, endedAt, lastStartedAt, oldestFetchedAt, requests, retries, rate_limited, reused, origin } = work;
  const instants = [startedAt, endedAt, lastStartedAt, oldestFetchedAt].map((instant) => instant.getTime());
  const numbers = [...instants, requests, retries, rate_limited, reused].join(",");
  return { [WORK]: numbers, ...(origin !== undefined && { [ORIGIN]: origin }) };
}

/**
 * The times, in the order of their names in {@link LoteTimes}.
 * @param room how many bytes they may take, their name among them
 * @returns nothing when there is not enough room
 */
export function timesMetadata(work: LoteWork | undefined, room: number): { readonly [TIMES]?: string } {
  if (work?.times === undefined) return {};
  const { queue, limiter, pause, tmdb, s3 } = work.times;
  const text = [queue, limiter, pause, tmdb, s3].join(",");
  return TIMES.length + text.length > room ? {} : { [TIMES]: text };
}

function timesIn(metadata: Readonly<Record<string, string>>): LoteTimes | undefined {
  const numbers = wholeNumbers(metadata[TIMES], 5) as [number, number, number, number, number] | undefined;
  if (numbers === undefined) return undefined;
  const [queue, limiter, pause, tmdb, s3] = numbers;
  return { queue, limiter, pause, tmdb, s3 };
}

/** @returns undefined for a text that is not so many whole numbers */
function wholeNumbers(text: string | undefined, count: number): number[] | undefined {
  const numbers = text?.split(",").map(Number);
  const isWhole = numbers?.length === count && numbers.every((each) => Number.isSafeInteger(each) && each >= 0);
  return isWhole ? numbers : undefined;
}

/** @returns undefined for a file that an earlier version of this program wrote, or another program */
export function workIn(metadata: Readonly<Record<string, string>>): LoteWork | undefined {
  const numbers = wholeNumbers(metadata[WORK], 8);
  if (numbers === undefined) return undefined;
  const [started, ended, last, oldest, requests, retries, rate_limited, reused] = numbers as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ];
  return {
    startedAt: new Date(started),
    endedAt: new Date(ended),
    lastStartedAt: new Date(last),
    oldestFetchedAt: new Date(oldest),
    requests,
    retries,
    rate_limited,
    reused,
    origin: metadata[ORIGIN],
    times: timesIn(metadata),
  };
}

/**
 * The work of a file to which a delivery adds its records.
 * @param isWhole whether the delivery has brought every record of the file anew
 */
export function addWork(
  known: LoteWork | undefined,
  more: LoteWork | undefined,
  isWhole: boolean,
): LoteWork | undefined {
  if (more === undefined) return known;
  const origin = isWhole || known?.origin === more.origin ? more.origin : undefined;
  if (known === undefined) return { ...more, origin };
  // A write whose answer was lost is done again, and finds its own work there.
  if (known.lastStartedAt.getTime() === more.lastStartedAt.getTime()) return known;
  return {
    startedAt: earlier(known.startedAt, more.startedAt),
    endedAt: later(known.endedAt, more.endedAt),
    lastStartedAt: more.lastStartedAt,
    oldestFetchedAt: isWhole ? more.oldestFetchedAt : earlier(known.oldestFetchedAt, more.oldestFetchedAt),
    requests: known.requests + more.requests,
    retries: known.retries + more.retries,
    rate_limited: known.rate_limited + more.rate_limited,
    reused: isWhole ? more.reused : known.reused + more.reused,
    origin,
    times: addTimes(known.times, more.times),
  };
}

/** Of deliveries whose times are not all known nothing is said. */
function addTimes(known: LoteTimes | undefined, more: LoteTimes | undefined): LoteTimes | undefined {
  if (known === undefined || more === undefined) return undefined;
  return {
    queue: known.queue + more.queue,
    limiter: known.limiter + more.limiter,
    pause: known.pause + more.pause,
    tmdb: known.tmdb + more.tmdb,
    s3: known.s3 + more.s3,
  };
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
