/** What is sent back for one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** TMDB's errors that the stand-in gives: HTTP status, `status_code`, `status_message` (https://developer.themoviedb.org/docs/errors). */
const ERRORS = {
  invalidId: [404, 6, "Invalid id: The pre-requisite id is invalid or not found."],
  invalidKey: [401, 7, "Invalid API key: You must be granted a valid key."],
  offline: [503, 9, "Service offline: This service is temporarily offline, try again later."],
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

/** A page such as a proxy or a captive portal puts in place of the API. */
export function htmlAnswer(): Answer {
  return {
    status: 200,
    headers: { "Content-Type": "text/html;charset=utf-8" },
    body: "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>Please sign in</h1></body></html>\n",
  };
}
