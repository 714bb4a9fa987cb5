import type { MovieFailure, Reason } from "@lotes/core";
import { AxiosError } from "axios";
import * as z from "zod/mini";
import { isSuccess, TOO_LARGE, UNREADABLE } from "./answer-body.ts";
import { describeError } from "./describe-error.ts";

/** How TMDB tells of an error, whatever the status. */
const errorBodySchema = z.object({ status_code: z.number(), status_message: z.string() });

// 34: not found. 6: invalid id.
const NOT_FOUND_CODES = [34, 6];

// TMDB's longest message has some 120 characters; a proxy's may have any number.
const LONGEST_MESSAGE = 300;

/** The error code of a whole answer that should be the movie and is not. */
export const NOT_THE_MOVIE = "ERR_NOT_THE_MOVIE";

/** The error codes of an answer that came, but can't be the movie. */
const NO_MOVIE: readonly (string | undefined)[] = [NOT_THE_MOVIE, TOO_LARGE, UNREADABLE];

/** What a request without a movie means. */
interface Classification {
  readonly reason: Reason;
  /** Whether a second request may have the movie. */
  readonly curable: boolean;
}

/**
 * Why a request has no movie: the reason, the HTTP status, and TMDB's own words or the network's.
 * @param token is removed from those words, should it be in them
 */
export function failureOf(error: AxiosError, token: string): MovieFailure {
  const body = errorBodySchema.safeParse(error.response?.data);
  const words = (body.success ? body.data.status_message : describeError(error)) + askedPause(error);
  return {
    reason: classify(error).reason,
    status: error.response?.status ?? null,
    message: words.replaceAll(token, "***").slice(0, LONGEST_MESSAGE),
  };
}

/** How long a 429 asks to be waited for, in the server's own words. */
function askedPause({ response }: AxiosError): string {
  const asked = response?.headers["retry-after"];
  return response?.status === 429 && asked !== undefined ? ` (Retry-After: ${asked})` : "";
}

/** Whether a second request may have the movie that this one does not. */
export function isCurable(error: AxiosError): boolean {
  return classify(error).curable;
}

/**
 * The one rule about answers. What TMDB itself says in its own shape is its decision, and final below 500, but for 408, 425 and 429. Everything
 * else may be a stray answer: of a server that restarts, of a proxy or a CDN before TMDB, of a page to sign in at, of a connection that breaks.
 */
function classify(error: AxiosError): Classification {
  if (error.code === AxiosError.ERR_CANCELED) return { reason: "network", curable: false };
  const { response } = error;
  if (response === undefined) return { reason: "network", curable: true };
  if (isSuccess(response.status)) {
    // Any other error broke off the movie in the middle.
    return { reason: NO_MOVIE.includes(error.code) ? "invalid_response" : "network", curable: true };
  }
  const { status, data } = response;
  const code = errorBodySchema.safeParse(data).data?.status_code;
  if (status === 429) return { reason: "rate_limited", curable: true };
  if (status >= 500 || status === 408 || status === 425) return { reason: "server_error", curable: true };
  if (status === 401 || status === 403) return refusal(status, code, data);
  // A 404 in another shape is not TMDB saying that it does not know the movie.
  if (status === 404 && code !== undefined && NOT_FOUND_CODES.includes(code)) {
    return { reason: "not_found", curable: false };
  }
  return { reason: "invalid_response", curable: code === undefined };
}

/** A token is refused at once only if TMDB's own error says so. A page comes from another server, and so does a 403 without a code. */
function refusal(status: 401 | 403, code: number | undefined, data: unknown): Classification {
  if (code !== undefined) return { reason: "unauthorized", curable: false };
  return { reason: status === 401 && !isPage(data) ? "unauthorized" : "server_error", curable: true };
}

function isPage(data: unknown): boolean {
  // JSON that is cut off is no page.
  return typeof data === "string" && /^\s*[^\s{[]/.test(data);
}
