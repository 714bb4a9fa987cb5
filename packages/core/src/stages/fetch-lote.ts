import { setImmediate as turn } from "node:timers/promises";
import pLimit from "p-limit";
import type { MovieRecord } from "../dataset/movie-record.ts";
import { isMovieId, NO_MOVIE_ID } from "../dataset/movies.ts";
import type { MovieAnswer, MovieFailure, MovieSource, Traffic, Waits } from "../ports.ts";
import { type Reason, reasonFacts } from "../reasons.ts";
import type { Failure } from "./message.ts";

export interface FetchedLote {
  readonly records: ReadonlyMap<string, MovieRecord>;
  /** In the order of the ids. */
  readonly failures: readonly Failure[];
  /** Ids have no record only because the source of movies asked for a pause. Another time they may have one. */
  readonly isHeldUp: boolean;
  readonly traffic: Traffic;
  readonly waits: Waits;
}

// More ids than there are connections: those that wait out a backoff must not leave a connection idle.
const IDS_AT_ONCE = 40;

const OUT_OF_TIME: MovieFailure = {
  reason: "deadline",
  status: null,
  message: "the function's time was over before there was an answer",
};

const PAUSE_TOO_LONG: MovieFailure = {
  reason: "rate_limited",
  status: 429,
  message: "TMDB asked for a pause that is longer than the function's time",
};

/**
 * Asks for every id of a lote and sorts what came back into records and failures. A refused token ends the lote at once: the ids not
 * fetched by then fail for the same reason. A pause that the source asks for beyond the deadline ends it too. Ids that were not fetched when
 * the run ended are neither records nor failures.
 * @param deadline the instant (by `performance.now()`) after which no request may be under way
 * @param onTrouble is called at once with the first failure of each reason that somebody should hear of
 * @param runEnded aborted when the ids are not wanted any more
 */
export async function fetchLote(
  ids: readonly string[],
  movies: MovieSource,
  deadline: number,
  onTrouble: (failure: MovieFailure) => void = () => {},
  runEnded: AbortSignal = new AbortController().signal,
): Promise<FetchedLote> {
  const onFailedAttempt = oncePerReason(onTrouble);
  const before = { ...movies.traffic };
  const waitsBefore = { ...movies.waits };
  const startedAt = performance.now();
  let refused: MovieFailure | undefined;
  const left = Math.floor(deadline - startedAt);
  // A timeout of nothing would still let the first requests out.
  const timeIsUp = left > 0 ? AbortSignal.timeout(left) : AbortSignal.abort();
  using ending = new EndOfLote([timeIsUp, runEnded]);
  const options = { deadline, timeIsUp, signal: ending.signal, onFailedAttempt };

  const cutShort = new Set<string>();
  let begun = Promise.resolve();
  const answers = await pLimit(IDS_AT_ONCE).map(ids, async (id): Promise<MovieAnswer> => {
    // To start an id takes 1 ms of a core, and the function may have a twelfth of a core. If all ids started at once, the first request would
    // leave a quarter of a second later. So other work has its turn between two ids.
    begun = begun.then(() => turn());
    await begun;
    if (!isMovieId(id)) return { failure: notAnId(id) };
    if (options.signal.aborted) return { stopped: true };
    const answer = await movies.movie(id, options);
    if (!("failure" in answer)) return answer;
    // Its retries were cut short, so nobody knows whether it would have failed.
    if (options.signal.aborted && reasonFacts(answer.failure.reason).retryable) cutShort.add(id);
    onFailedAttempt(answer.failure);
    if (answer.failure.reason === "unauthorized") refused = answer.failure;
    // A process that is paused already when its lote begins waits until the deadline: if it gave lotes back at once, it would take
    // one after the other off the queue, and away from those that are not paused.
    if (refused || movies.askedPauseUntil > deadline) ending.abort();
    return answer;
  });

  const unreached = refused ?? (movies.askedPauseUntil > deadline ? PAUSE_TOO_LONG : OUT_OF_TIME);
  const records = new Map<string, MovieRecord>();
  const failures: Failure[] = [];
  ids.forEach((id, index) => {
    const answer = answers[index] ?? { stopped: true };
    if ("record" in answer) records.set(id, answer.record);
    else if (runEnded.aborted && ("stopped" in answer || cutShort.has(id))) return;
    else failures.push({ id, ...("failure" in answer ? answer.failure : unreached) });
  });
  const wasAskedToPause = refused === undefined && movies.askedPauseUntil > startedAt;
  const isHeldUp =
    !runEnded.aborted &&
    wasAskedToPause &&
    failures.some(({ reason }) => reason === "rate_limited" || reason === "deadline");
  const { requests, retries, rate_limited } = movies.traffic;
  const traffic = {
    requests: requests - before.requests,
    retries: retries - before.retries,
    rate_limited: rate_limited - before.rate_limited,
  };
  const { limiter, pause, answer } = movies.waits;
  const waits = {
    limiter: limiter - waitsBefore.limiter,
    pause: pause - waitsBefore.pause,
    answer: answer - waitsBefore.answer,
  };
  return { records, failures, isHeldUp, traffic, waits };
}

/**
 * Ends a lote's requests when one of several signals is aborted. Unlike one of AbortSignal.any, its signal does not look at the others each time it is asked,
 * which is some five times for each id.
 */
class EndOfLote extends AbortController implements Disposable {
  readonly #signals: readonly AbortSignal[];

  constructor(signals: readonly AbortSignal[]) {
    super();
    this.#signals = signals;
    if (signals.some(({ aborted }) => aborted)) this.abort();
    for (const signal of signals) signal.addEventListener("abort", this);
  }

  /** A signal was aborted. */
  handleEvent(): void {
    this.abort();
  }

  /** Node keeps a timeout that somebody listens to until its time, and the lote's records with it: hundreds of lotes, where they are quick. */
  [Symbol.dispose](): void {
    for (const signal of this.#signals) signal.removeEventListener("abort", this);
  }
}

/** Passes on the first failure of each reason that somebody should hear of and that asking again can help. */
function oncePerReason(report: (failure: MovieFailure) => void) {
  const reported = new Set<Reason>();
  return (failure: MovieFailure): void => {
    const { alarming, retryable } = reasonFacts(failure.reason);
    if (!alarming || !retryable || reported.has(failure.reason)) return;
    reported.add(failure.reason);
    report(failure);
  };
}

function notAnId(id: string): MovieFailure {
  return {
    reason: "invalid_id",
    status: null,
    message: `${JSON.stringify(id)} is ${NO_MOVIE_ID}`,
  };
}
