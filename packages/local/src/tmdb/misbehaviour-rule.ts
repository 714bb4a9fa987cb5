/**
 * Which requests the stand-in mistreats, and how. A list of rules is plain JSON; for each request the first rule that matches answers.
 * Every condition given must hold; a rule without conditions matches every request.
 *
 * @example each movie fails twice before it is found, and one request in ten is never answered
 * [
 *   { times: 2, answer: { status: 503 } },
 *   { share: 0.1, answer: "hang" },
 * ]
 */
export interface MisbehaviourRule {
  /** Only these movies, each as the client asks for it. */
  readonly ids?: readonly string[];
  /** From 0 to 1: this part of the requests that meet the other conditions, drawn with the server's seed in the order of arrival. */
  readonly share?: number;
  /** The rule answers at most so many requests of each id; the next ones pass on to later rules. */
  readonly times?: number;
  /** The rule answers at most so many requests in all. */
  readonly limit?: number;
  /** Only arrivals in [fromMs, toMs) since the server's first request. */
  readonly window?: { readonly fromMs: number; readonly toMs: number };
  readonly answer: MisbehaviourAnswer;
}

/**
 * - `"hang"`: no answer; the connection stays open until the client gives up
 * - `"reset"`: the connection ends with a TCP reset
 * - `"html"`: 200 with a web page
 * - `"empty"`: 200 with no body
 * - `"cut"`, `"cut gzip"`, `"cut br"`: half of the answer, plain or compressed, that ends as if it were all
 * - by `status`: an answer of that status
 */
export type MisbehaviourAnswer =
  | "hang"
  | "reset"
  | "html"
  | "empty"
  | "cut"
  | "cut gzip"
  | "cut br"
  | ErrorStatus
  | RateLimited
  | OddBody
  | Page
  | Drip;

/** TMDB's body for the status: a suspended key, invalid parameters, an internal error, service offline, backend timed out. */
export interface ErrorStatus {
  readonly status: 401 | 422 | 500 | 503 | 504;
}

/** A web page of something before TMDB, such as a CDN that refuses. */
export interface Page {
  readonly status: number;
  readonly page: true;
}

/** A body that never ends, of which a byte comes each time. */
export interface Drip {
  readonly status: 200;
  readonly byteEveryMs: number;
}

/** TMDB's refusal, whatever the budget says. */
export interface RateLimited {
  readonly status: 429;
  /** The `Retry-After` header: seconds, an HTTP date, or nonsense. Not given, there is no such header. */
  readonly retryAfter?: number | string;
}

/** A good status with a JSON body that may be no movie. */
export interface OddBody {
  readonly status: 200;
  readonly body: JsonValue;
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };
