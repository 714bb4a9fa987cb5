import {
  CONSUMER_TIME,
  type MovieAnswer,
  type MovieRecord,
  type MovieRequestOptions,
  type MovieSource,
  moviePath,
  originOf,
  parseMovie,
  requireToken,
  type TmdbSettings,
  type Traffic,
  type Waits,
} from "@lotes/core";
import type { InternalAxiosRequestConfig as AttemptConfig } from "axios";
import { type AxiosAdapter, AxiosError, type AxiosInstance, type AxiosResponse } from "axios";
import axiosRetry, { exponentialDelay } from "axios-retry";
import { attempt } from "./attempt.ts";
import { failureOf, isCurable, NOT_THE_MOVIE } from "./failure-of.ts";
import { askedPauseMs, isLongPause, RateLimitBackoff } from "./rate-limit-backoff.ts";
import { type Consumers, RequestLimiter, shareOf } from "./request-limiter.ts";
import { bareAxios, tmdbHttp } from "./tmdb-http.ts";
import type { RequestEvents } from "./turns.ts";
import { WaitMeter } from "./wait-meter.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** No wait goes beyond this instant, by `performance.now()`. */
    deadline?: number;
    /** The id that is asked for. */
    movie?: string;
  }
}

/** How long things take, in milliseconds. */
export interface TmdbTiming {
  /** From the sending of a request to the last byte of its answer, at the most. */
  readonly attemptMs: number;
  /** The wait before the second attempt doubles this, and each further one doubles the wait. */
  readonly backoffMs: number;
}

// The waits are 0.2, 0.4 … 6.4 s and up to a fifth more: quick for a single stray answer, 13 to 15 s in all, which outlasts a restart at TMDB.
const TIMING: TmdbTiming = { attemptMs: CONSUMER_TIME.attemptMs, backoffMs: 100 };
const RETRIES = 6;

/**
 * TMDB's movies, asked for within the budget. One per process: its limiter is what keeps the process within its share.
 */
export class TmdbClient implements MovieSource {
  readonly origin: string;
  readonly #http: AxiosInstance;
  readonly #limiter: RequestLimiter;
  readonly #meter: WaitMeter;
  readonly #token: string;
  readonly #timing: TmdbTiming;
  readonly #traffic = { requests: 0, retries: 0, rate_limited: 0 };
  #askedPauseUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param send sends each attempt in the place of Node's HTTP
   * @throws {SettingsError} when there is no token
   */
  constructor(settings: TmdbSettings, consumers: Consumers, timing: TmdbTiming = TIMING, send?: AxiosAdapter) {
    const share = shareOf(settings.requestsPerSecond, consumers);
    this.#token = requireToken(settings);
    this.#timing = timing;
    this.origin = originOf(settings);
    this.#http = bareAxios();
    this.#limiter = new RequestLimiter(share, timing.attemptMs);
    this.#meter = new WaitMeter(share.connections);
    this.#http.defaults.adapter = this.#limited(
      send ?? tmdbHttp(settings, this.#token, share.connections, timing.attemptMs),
    );
    // Added before axios-retry, which then sees an answer that is not the movie as an error.
    this.#http.interceptors.response.use(withTheMovie);
    axiosRetry(this.#http, { retries: Number.POSITIVE_INFINITY });
  }

  get traffic(): Traffic {
    return this.#traffic;
  }

  get waits(): Waits {
    return this.#meter.waits;
  }

  get askedPauseUntil(): number {
    return this.#askedPauseUntil;
  }

  /**
   * Runs the work of one invocation, in which movies are asked for, and returns when the next invocation may begin: a moment later than the
   * work ends, if the work's last requests are not long ago.
   * @param latest when to return at the latest, by `performance.now()`
   */
  invocation<T>(work: () => Promise<T>, latest: number): Promise<T> {
    return this.#limiter.invocation(work, latest);
  }

  movie(id: string, options: MovieRequestOptions): Promise<MovieAnswer> {
    return this.#meter.movie(() => this.#ask(id, options));
  }

  async #ask(id: string, { deadline, signal, timeIsUp, onFailedAttempt }: MovieRequestOptions): Promise<MovieAnswer> {
    let last: AxiosError | undefined;
    let backoffs = 0;
    let refusals = 0;
    const retryCondition = (error: AxiosError) => {
      if (signal.aborted) return false;
      last = error;
      const limited = isRateLimited(error);
      // After a 429 the request is repeated until the deadline, since the server decides how long to wait.
      const again = limited ? this.#askedPauseUntil <= deadline : isCurable(error) && ++backoffs <= RETRIES;
      if (!again) return false;
      this.#traffic.retries++;
      const failure = failureOf(error, this.#token);
      // A single 429 only says that the limit is near: the caller hears of an id's second one. A refused token is reported once it is certain.
      if (limited ? ++refusals > 1 : failure.reason !== "unauthorized") onFailedAttempt?.(failure);
      return true;
    };
    // The limiter is paused after a 429: there is nothing to wait for before getting in line again.
    const retryDelay = (_: number, error: AxiosError) =>
      isRateLimited(error) ? 0 : Math.max(0, Math.min(this.#backoff(backoffs, error), deadline - performance.now()));
    try {
      // Not by `get`, which would merge the options once more than this does.
      const { data: record } = await this.#http.request<MovieRecord>({
        url: `/3/${moviePath(id)}`,
        movie: id,
        signal,
        deadline,
        ...(timeIsUp && { timeIsUp }),
        "axios-retry": { retryCondition, retryDelay },
      });
      return { record };
    } catch (error) {
      if (!(error instanceof AxiosError)) throw error;
      // If aborted between two attempts, the last error tells why there is no record. If aborted before the first, there is no error to report.
      const telling = signal.aborted && error.code === AxiosError.ERR_CANCELED ? last : error;
      return telling ? { failure: failureOf(telling, this.#token) } : { stopped: true };
    }
  }

  /** At least as long as `Retry-After` asks for, unless that is a long pause: a single answer must not use up the lote's time. */
  #backoff(nth: number, error: AxiosError): number {
    const asked = askedPauseMs(error);
    return Math.max(exponentialDelay(nth, undefined, this.#timing.backoffMs), isLongPause(asked) ? 0 : asked);
  }

  /** A pause that the server asks for holds for all lotes of this process. One that was chosen here ends with the lote's deadline. */
  #pause(ms: number, isAsked: boolean, deadline = Number.POSITIVE_INFINITY): void {
    const now = performance.now();
    const pauseMs = isAsked ? ms : Math.min(ms, deadline - now);
    this.#limiter.pause(pauseMs);
    this.#meter.pause(pauseMs);
    if (isAsked && isLongPause(ms)) this.#askedPauseUntil = Math.max(this.#askedPauseUntil, now + ms);
  }

  /** Wraps the adapter, not the instance: this way every attempt goes through the limiter, the first and each retry. */
  #limited(send: AxiosAdapter): AxiosAdapter {
    const backoff = new RateLimitBackoff();
    const sent = async (config: AttemptConfig, events: RequestEvents) => {
      const sentAt = performance.now();
      this.#traffic.requests++;
      try {
        const response = await attempt(config, send, events, this.#timing.attemptMs);
        backoff.passed(sentAt);
        return response;
      } catch (error) {
        if (error instanceof AxiosError && isRateLimited(error)) {
          this.#traffic.rate_limited++;
          this.#pause(backoff.delayMs(error, sentAt), askedPauseMs(error) > 0, config.deadline);
        }
        throw error;
      }
    };
    return (config) =>
      this.#meter.attempt((leave) => {
        const inTurn = (events: RequestEvents) => {
          leave();
          return sent(config, events);
        };
        return this.#limiter.schedule(inTurn, config.signal as AbortSignal);
      });
  }
}

/** Puts the record in the place of the answer. */
function withTheMovie(response: AxiosResponse): AxiosResponse<MovieRecord> {
  const { config, request } = response;
  const record = parseMovie(config.movie ?? "", response.data);
  if (record === undefined) {
    throw new AxiosError("the answer is not the movie", NOT_THE_MOVIE, config, request, response);
  }
  return { ...response, data: record };
}

function isRateLimited(error: AxiosError): boolean {
  return error.response?.status === 429;
}
