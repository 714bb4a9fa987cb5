import http, { type ClientRequest } from "node:http";
import https from "node:https";
import axios, {
  type AxiosAdapter,
  AxiosError,
  type AxiosInstance,
  type AxiosResponse,
  getAdapter,
  type InternalAxiosRequestConfig,
} from "axios";
import axiosRetry, { exponentialDelay } from "axios-retry";
import type { MovieAnswer, MovieSource, Patience, Traffic } from "../lote/fetch-lote.ts";
import { parseMovie } from "../lote/movie-record.ts";
import { requireToken, type TmdbSettings } from "../settings.ts";
import { failureOf, isTooLarge, isUnanswered } from "./failure-of.ts";
import type { ProxyEnvironment } from "./proxy.ts";
import { RateLimitBackoff } from "./rate-limit-backoff.ts";
import { RequestLimiter, shareOf } from "./request-limiter.ts";
import type { Sent } from "./turns.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** By `performance.now()`: nothing is worth waiting for beyond it. */
    deadline?: number;
    /** What ends an attempt that is under way; `signal` ends only what waits. */
    timeIsUp?: AbortSignal;
  }
}

// TMDB answers within some 100 ms. An attempt that has nothing after 5 s is lost, and there is time for another.
const ATTEMPT_TIMEOUT_MS = 5_000;

// 0.2, 0.4 … 6.4 s and up to a fifth more: quick for a single stray error, 13 to 15 s in all, which outlasts a restart at TMDB. Even if
// each of the seven attempts timed out, they would fit into the function's minute.
const RETRIES = 6;
const BACKOFF_FACTOR_MS = 100;

// A movie has some 5 kB. What is beyond 1 MiB is none, and must not fill the memory.
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/**
 * TMDB's movies, asked for within the budget. One per process: its limiter is what keeps the process within its share.
 */
export class TmdbClient implements MovieSource {
  readonly #http: AxiosInstance;
  readonly #limiter: RequestLimiter;
  readonly #token: string;
  readonly #traffic = { requests: 0, retries: 0, rate_limited: 0 };

  /** @throws {SettingsError} when there is no token */
  constructor(settings: TmdbSettings, consumers: number) {
    const share = shareOf(settings.requestsPerSecond, consumers);
    this.#token = requireToken(settings);
    const agent = { keepAlive: true, maxSockets: share.connections, ...throughProxy(settings.proxy) };
    this.#http = axios.create({
      baseURL: settings.baseUrl,
      ...credentials(this.#token, { language: settings.language }),
      timeout: ATTEMPT_TIMEOUT_MS,
      maxContentLength: LARGEST_ANSWER_BYTES,
      // A followed redirect would be a request that the limiter never saw.
      maxRedirects: 0,
      validateStatus: (status) => status === 200,
      httpAgent: new http.Agent(agent),
      httpsAgent: new https.Agent(agent),
      // Otherwise axios would look for one by itself, and open a connection for each request.
      ...(settings.proxy === undefined && { proxy: false as const }),
    });
    this.#limiter = new RequestLimiter(share, ATTEMPT_TIMEOUT_MS);
    this.#http.defaults.adapter = this.#limited(getAdapter(this.#http.defaults.adapter));
    axiosRetry(this.#http, { retries: Number.POSITIVE_INFINITY, shouldResetTimeout: true });
  }

  get traffic(): Traffic {
    return this.#traffic;
  }

  /**
   * Runs the work of one invocation, in which movies are asked for, and returns when the next invocation may begin: a moment later than the
   * work ends, if the work's last requests are not long ago.
   * @param latest when to return at the latest, by `performance.now()`
   */
  invocation<T>(work: () => Promise<T>, latest: number): Promise<T> {
    return this.#limiter.invocation(work, latest);
  }

  async movie(id: string, { deadline, signal, timeIsUp, onFailedAttempt }: Patience): Promise<MovieAnswer> {
    let last: AxiosError | undefined;
    let backoffs = 0;
    let refusals = 0;
    const retryCondition = (error: AxiosError) => {
      if (signal.aborted) return false;
      last = error;
      // How long a 429 lasts is the server's decision, and everything waits for it; only the deadline ends that.
      const again = isRateLimited(error) || (isTransient(error) && ++backoffs <= RETRIES);
      if (!again) return false;
      this.#traffic.retries++;
      // A single 429 only tells that the limit is near. The second of an id is a trouble.
      if (!isRateLimited(error) || ++refusals > 1) onFailedAttempt?.(failureOf(error, this.#token));
      return true;
    };
    // The limiter is paused after a 429: there is nothing to wait for before getting in line again.
    const retryDelay = (_: number, error: AxiosError) =>
      isRateLimited(error)
        ? 0
        : Math.max(0, Math.min(exponentialDelay(backoffs, error, BACKOFF_FACTOR_MS), deadline - performance.now()));
    try {
      const { data } = await this.#http.get<unknown>(`/3/movie/${id}`, {
        signal,
        deadline,
        ...(timeIsUp && { timeIsUp }),
        "axios-retry": { retryCondition, retryDelay },
      });
      const record = parseMovie(id, data);
      return record
        ? { record }
        : { failure: { reason: "invalid_response", status: 200, message: "the answer is not the movie" } };
    } catch (error) {
      if (!(error instanceof AxiosError)) throw error;
      // Stopped between two attempts: the last one tells why there is no record. Stopped before the first: nothing does.
      const telling = signal.aborted && error.code === AxiosError.ERR_CANCELED ? last : error;
      return telling ? { failure: failureOf(telling, this.#token) } : { stopped: true };
    }
  }

  /** Wraps the adapter, not the instance: this way every attempt goes through the limiter, the first and each retry. */
  #limited(send: AxiosAdapter): AxiosAdapter {
    const limiter = this.#limiter;
    const backoff = new RateLimitBackoff();
    return (config) =>
      limiter.schedule(async (sent) => {
        const sentAt = performance.now();
        this.#traffic.requests++;
        try {
          const response = await sendTelling(config, send, sent);
          backoff.passed(sentAt);
          return response;
        } catch (error) {
          if (error instanceof AxiosError && isRateLimited(error)) {
            this.#traffic.rate_limited++;
            const left = (config.deadline ?? Number.POSITIVE_INFINITY) - performance.now();
            limiter.pause(Math.min(backoff.delayMs(error, sentAt), left));
          }
          throw error;
        }
      }, config.signal as AbortSignal);
  }
}

/** The agents make the tunnels, and keep them: Node's own way, and as few connections as without. */
function throughProxy(proxy: ProxyEnvironment | undefined) {
  // The request's timeout begins once there is a tunnel. A proxy that never answers is the agent's to give up.
  return proxy && { proxyEnv: { ...proxy }, timeout: ATTEMPT_TIMEOUT_MS };
}

/** A v3 key has 32 hexadecimal digits and travels as a parameter; everything else is a v4 token. */
function credentials(token: string, params: Record<string, string>) {
  return /^[0-9a-f]{32}$/i.test(token)
    ? { params: { ...params, api_key: token } }
    : { params, headers: { Authorization: `Bearer ${token}` } };
}

/**
 * Sends a request and tells the limiter what is known of its arrival. A refused token stops the lote, but not the requests that are under way:
 * of one that is broken off nobody knows when it reaches TMDB.
 */
async function sendTelling({ timeIsUp, ...config }: InternalAxiosRequestConfig, send: AxiosAdapter, sent: Sent) {
  const answered = ({ request }: AxiosResponse | AxiosError) =>
    sent.answered((request as ClientRequest | undefined)?.reusedSocket === true);
  try {
    const response = await send({ ...config, ...(timeIsUp && { signal: timeIsUp }) });
    answered(response);
    return response;
  } catch (error) {
    if (error instanceof AxiosError) {
      if (error.response) answered(error);
      else if (error.code === AxiosError.ERR_CANCELED) sent.abandoned();
    }
    throw error;
  }
}

function isRateLimited(error: AxiosError): boolean {
  return error.response?.status === 429;
}

/** Without an answer (timeout, reset, DNS), or a fault on TMDB's side. */
function isTransient(error: AxiosError): boolean {
  if (isUnanswered(error)) return error.code !== AxiosError.ERR_CANCELED && !isTooLarge(error);
  return (error.response?.status ?? 0) >= 500;
}
