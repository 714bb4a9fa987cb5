import pMap from "p-map";
import type { Failure } from "../message.ts";
import { isMovieId } from "../movie-id.ts";
import { type Reason, reasonFacts } from "../reasons.ts";
import type { MovieRecord } from "./movie-record.ts";

/** Until when to go on, and what tells to stop before. */
export interface Patience {
  /** By `performance.now()`, which no step of the wall clock moves. */
  readonly deadline: number;
  /** Aborted when nothing more is to be asked, at the deadline at the latest. */
  readonly signal: AbortSignal;
  /** Aborted at the deadline: breaks off what is under way. Not given, `signal` does that too. */
  readonly timeIsUp?: AbortSignal;
  /** Told why an attempt had no movie, when it is to be repeated. */
  readonly onFailedAttempt?: (failure: Omit<Failure, "id">) => void;
}

/** What was learnt of one id: its record, why it has none, or (`stopped`) nothing, since there was no answer by then. */
export type MovieAnswer =
  | { readonly record: MovieRecord }
  | { readonly failure: Omit<Failure, "id"> }
  | { readonly stopped: true };

/** What went over the wire. */
export interface Traffic {
  readonly requests: number;
  readonly retries: number;
  /** Answers of 429. */
  readonly rate_limited: number;
}

/** Where movies come from. */
export interface MovieSource {
  /** Asks for one movie, again as often as it may help. Never throws for what the source answers. */
  movie(id: string, patience: Patience): Promise<MovieAnswer>;
  /** Counted since the start of the process. */
  readonly traffic: Traffic;
  /**
   * Until when the source has asked to be left alone, for longer than a lote can be expected to wait; by `performance.now()`. Long ago if it
   * never has.
   */
  readonly leftAloneUntil: number;
}

export interface FetchedLote {
  readonly records: ReadonlyMap<string, MovieRecord>;
  /** In the order of the ids. */
  readonly failures: readonly Failure[];
  /** Ids have no record only because the source asked to be left alone: another time they may. */
  readonly isHeldUp: boolean;
  readonly traffic: Traffic;
}

// More ids than there are connections: those that wait out a backoff must not leave a connection idle.
const IDS_AT_ONCE = 40;

const OUT_OF_TIME: Omit<Failure, "id"> = {
  reason: "deadline",
  status: null,
  message: "the function's time was over before there was an answer",
};

const LEFT_ALONE: Omit<Failure, "id"> = {
  reason: "rate_limited",
  status: 429,
  message: "TMDB asked for a pause that is longer than the function's time",
};

/**
 * Asks for every id of a lote and sorts what came back into records and failures. A refused token ends the lote at once: the ids not
 * fetched by then fail for the same reason. So does a pause that the source asks for beyond the deadline.
 * @param deadline the instant (by `performance.now()`) after which no request may be under way
 * @param onTrouble told at once of the first failure of each reason that somebody should hear of
 */
export async function fetchLote(
  ids: readonly string[],
  source: MovieSource,
  deadline: number,
  onTrouble: (failure: Omit<Failure, "id">) => void = () => {},
): Promise<FetchedLote> {
  const onFailedAttempt = firstOfEach(onTrouble);
  const before = { ...source.traffic };
  const startedAt = performance.now();
  const ending = new AbortController();
  let refused: Omit<Failure, "id"> | undefined;
  const left = Math.floor(deadline - startedAt);
  // A timeout of nothing would still let the first requests out.
  const timeIsUp = left > 0 ? AbortSignal.timeout(left) : AbortSignal.abort();
  const patience = { deadline, timeIsUp, signal: AbortSignal.any([timeIsUp, ending.signal]), onFailedAttempt };

  const answers = await pMap(
    ids,
    async (id): Promise<MovieAnswer> => {
      if (!isMovieId(id)) return { failure: notAnId(id) };
      if (patience.signal.aborted) return { stopped: true };
      const answer = await source.movie(id, patience);
      if (!("failure" in answer)) return answer;
      onFailedAttempt(answer.failure);
      if (answer.failure.reason === "unauthorized") refused = answer.failure;
      // A process that is paused already when its lote begins waits until the deadline: if it gave lotes back at once, it would take
      // one after the other off the queue, and away from those that are not paused.
      if (refused || source.leftAloneUntil > deadline) ending.abort();
      return answer;
    },
    { concurrency: IDS_AT_ONCE },
  );

  const unreached = refused ?? (source.leftAloneUntil > deadline ? LEFT_ALONE : OUT_OF_TIME);
  const records = new Map<string, MovieRecord>();
  const failures: Failure[] = [];
  ids.forEach((id, index) => {
    const answer = answers[index] ?? { stopped: true };
    if ("record" in answer) records.set(id, answer.record);
    else if ("failure" in answer) failures.push({ id, ...answer.failure });
    else failures.push({ id, ...unreached });
  });
  const wasLeftAlone = refused === undefined && source.leftAloneUntil > startedAt;
  const isHeldUp = wasLeftAlone && failures.some(({ reason }) => reason === "rate_limited" || reason === "deadline");
  const { requests, retries, rate_limited } = source.traffic;
  const traffic = {
    requests: requests - before.requests,
    retries: retries - before.retries,
    rate_limited: rate_limited - before.rate_limited,
  };
  return { records, failures, isHeldUp, traffic };
}

/** Passes on the first failure of each reason that somebody should hear of and that asking again can help. */
function firstOfEach(tell: (failure: Omit<Failure, "id">) => void) {
  const told = new Set<Reason>();
  return (failure: Omit<Failure, "id">): void => {
    const { alarming, retryable } = reasonFacts(failure.reason);
    if (!alarming || !retryable || told.has(failure.reason)) return;
    told.add(failure.reason);
    tell(failure);
  };
}

function notAnId(id: string): Omit<Failure, "id"> {
  return {
    reason: "invalid_id",
    status: null,
    message: `${JSON.stringify(id)} is neither tt and seven digits or more, nor digits`,
  };
}
