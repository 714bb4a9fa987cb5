import type { Traffic } from "../ports.ts";

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
}

/** The names of the metadata. */
const WORK = "work";
const ORIGIN = "origin";

/** The numbers in their order, instants in milliseconds since 1970. */
export function workMetadata(work: LoteWork | undefined): { readonly [WORK]?: string; readonly [ORIGIN]?: string } {
  if (work === undefined) return {};
  const { startedAt, endedAt, lastStartedAt, oldestFetchedAt, requests, retries, rate_limited, reused, origin } = work;
  const instants = [startedAt, endedAt, lastStartedAt, oldestFetchedAt].map((instant) => instant.getTime());
  const numbers = [...instants, requests, retries, rate_limited, reused].join(",");
  return { [WORK]: numbers, ...(origin !== undefined && { [ORIGIN]: origin }) };
}

/** @returns undefined for a file that an earlier version of this program wrote, or another program */
export function workIn(metadata: Readonly<Record<string, string>>): LoteWork | undefined {
  const numbers = metadata[WORK]?.split(",").map(Number);
  if (numbers?.length !== 8 || !numbers.every((number) => Number.isSafeInteger(number) && number >= 0))
    return undefined;
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
  };
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
