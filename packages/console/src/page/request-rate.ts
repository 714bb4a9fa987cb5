import type { LotePart, WorkPart } from "../document.ts";

/** Requests a second over time, as far as the lotes' files tell. */
export interface RequestRate {
  /** The begin of each span, in seconds since 1970. */
  readonly times: readonly number[];
  readonly requests: readonly number[];
  /** Of these, asked again. */
  readonly retries: readonly number[];
  /** Answers of 429 a second. */
  readonly rateLimited: readonly number[];
  /** Which share of the consumers' time was a pause, from 0 to 1; null where no lote tells. */
  readonly paused: readonly (number | null)[];
  readonly spanSeconds: number;
  /** Lotes that were worked on more than once. Nobody knows when their requests were sent, so they are left out. */
  readonly leftOut: number;
}

// More points than this are not told apart on a screen.
const MOST_SPANS = 600;

/**
 * Spreads the requests of each lote evenly over the time in which its consumer worked on it, since the files tell no more than that.
 * @returns undefined when no lote tells anything
 */
export function requestRate(lotes: readonly LotePart[]): RequestRate | undefined {
  const all = lotes.flatMap(({ work }) => (work === null || work.requests === 0 ? [] : [work]));
  const once = all.filter(({ repeated }) => !repeated);
  if (once.length === 0) return undefined;
  const from = Math.floor(once.reduce((least, work) => Math.min(least, seconds(work.started_at)), Infinity));
  const until = once.reduce((most, work) => Math.max(most, seconds(work.ended_at)), from + 1);
  const spanSeconds = Math.ceil((until - from) / MOST_SPANS);
  // One more at both ends, so that the line begins and ends at nothing.
  const count = Math.ceil((until - from) / spanSeconds) + 2;
  const shares = once.map((work) => ({ work, shares: sharesOf(work, from, spanSeconds) }));
  const sums = (amount: (work: WorkPart) => number): number[] => {
    const sum = Array<number>(count).fill(0);
    for (const { work, shares: ofWork } of shares) {
      const all = amount(work);
      if (all === 0) continue;
      for (const [span, share] of ofWork) sum[span + 1] = (sum[span + 1] ?? 0) + all * share;
    }
    return sum;
  };
  const aSecond = (amount: (work: WorkPart) => number) => sums(amount).map((sum) => sum / spanSeconds);
  // A lote that does not tell its pause has no part in the share.
  const told = sums(({ times, started_at, ended_at }) =>
    times === null ? 0 : seconds(ended_at) - seconds(started_at),
  );
  const paused = sums(({ times }) => (times?.pause ?? 0) / 1000);
  const requests = aSecond((work) => work.requests);
  return {
    times: requests.map((_, span) => from + (span - 1) * spanSeconds),
    requests,
    retries: aSecond((work) => work.retries),
    rateLimited: aSecond((work) => work.rate_limited),
    paused: paused.map((sum, span) => (told[span] ? Math.min(1, sum / told[span]) : null)),
    spanSeconds,
    leftOut: all.length - once.length,
  };
}

/** Which share of a lote's time falls into each span. */
function sharesOf(work: WorkPart, from: number, spanSeconds: number): [span: number, share: number][] {
  const start = seconds(work.started_at) - from;
  const end = Math.max(start, seconds(work.ended_at) - from);
  const first = Math.floor(start / spanSeconds);
  if (end === start) return [[first, 1]];
  const last = Math.ceil(end / spanSeconds) - 1;
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const span = first + index;
    const overlap = Math.min(end, (span + 1) * spanSeconds) - Math.max(start, span * spanSeconds);
    return [span, overlap / (end - start)];
  });
}

function seconds(instant: string): number {
  return Date.parse(instant) / 1000;
}
