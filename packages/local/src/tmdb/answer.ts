import { brotliCompressSync, gzipSync } from "node:zlib";

/** What is sent back for one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Milliseconds between two bytes of the body, which is repeated for ever; not given, it is sent at once. */
  readonly byteEveryMs?: number;
}

/** TMDB's errors that the stand-in gives: HTTP status, `status_code`, `status_message` (https://developer.themoviedb.org/docs/errors). */
const ERRORS = {
  invalidId: [404, 6, "Invalid id: The pre-requisite id is invalid or not found."],
  invalidKey: [401, 7, "Invalid API key: You must be granted a valid key."],
  offline: [503, 9, "Service offline: This service is temporarily offline, try again later."],
  invalidParameters: [422, 5, "Invalid parameters: Your request parameters are incorrect."],
  suspendedKey: [401, 10, "Suspended API key: Access to your account has been suspended, contact TMDB."],
  internalError: [500, 11, "Internal error: Something went wrong, contact TMDB."],
  timedOut: [504, 24, "Your request to the backend server timed out. Try again."],
  tooManyRequests: [429, 25, "Your request count (#) is over the allowed limit of (#)."],
  notFound: [404, 34, "The resource you requested could not be found."],
  methodNotAllowed: [405, 42, "This request method is not supported for this resource."],
} as const;

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "Content-Type": "application/json;charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** An error in TMDB's shape. */
export function errorAnswer(error: keyof typeof ERRORS, headers?: Readonly<Record<string, string>>): Answer {
  const [status, code, message] = ERRORS[error];
  return jsonAnswer(status, { success: false, status_code: code, status_message: message }, headers);
}

/** @param retryAfter the `Retry-After` header, seconds or any text; undefined for none */
export function tooManyRequests(retryAfter: number | string | undefined): Answer {
  return errorAnswer("tooManyRequests", retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) });
}

/** A page such as a proxy, a CDN or a captive portal puts in place of the API. */
export function pageAnswer(status: number): Answer {
  const title = status === 200 ? "Welcome" : "Request blocked";
  return {
    status,
    headers: { "Content-Type": "text/html;charset=utf-8" },
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>Please sign in</h1></body></html>\n`,
  };
}

const COMPRESSED = { gzip: gzipSync, br: brotliCompressSync } as const;

/** Half of an answer, with a head that says it is all of it; compressed before it was cut, if an encoding is given. */
export function cutAnswer({ status, headers, body }: Answer, encoding?: keyof typeof COMPRESSED): Answer {
  const bytes = encoding ? COMPRESSED[encoding](body) : Buffer.from(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  return { status, headers: { ...headers, ...(encoding && { "Content-Encoding": encoding }) }, body: half };
}
