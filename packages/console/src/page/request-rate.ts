import type { LotePart, WorkPart } from "../document.ts";

/** Requests a second over time, as far as the lotes' files tell. */
export interface RequestRate {
  /** The begin of each span, in seconds since 1970. */
  readonly times: readonly number[];
  readonly requests: readonly number[];
  /** Answers of 429 a second. */
  readonly rateLimited: readonly number[];
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
  const requests = Array<number>(count).fill(0);
  const rateLimited = Array<number>(count).fill(0);
  for (const work of once) {
    for (const [span, share] of sharesOf(work, from, spanSeconds)) {
      requests[span + 1] = (requests[span + 1] ?? 0) + (work.requests * share) / spanSeconds;
      rateLimited[span + 1] = (rateLimited[span + 1] ?? 0) + (work.rate_limited * share) / spanSeconds;
    }
  }
  const times = requests.map((_, span) => from + (span - 1) * spanSeconds);
  return { times, requests, rateLimited, spanSeconds, leftOut: all.length - once.length };
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
