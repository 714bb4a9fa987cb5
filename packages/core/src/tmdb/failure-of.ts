import type { AxiosError } from "axios";
import * as z from "zod";
import type { Failure } from "../message.ts";
import type { Reason } from "../reasons.ts";

/** How TMDB tells of an error, whatever the status. */
const errorBodySchema = z.object({ status_code: z.number(), status_message: z.string() });

// 34: not found. 6: invalid id.
const NOT_FOUND_CODES = [34, 6];

// TMDB's longest message has some 120 characters; a proxy's may have any number.
const LONGEST_MESSAGE = 300;

/**
 * Why a request has no movie: the reason, the HTTP status, and TMDB's own words or the network's.
 * @param token is removed from those words, should it be in them
 */
export function failureOf(error: AxiosError, token: string): Omit<Failure, "id"> {
  const status = error.response?.status ?? null;
  const body = errorBodySchema.safeParse(error.response?.data);
  const words = body.success ? body.data.status_message : error.message || (error.code ?? "no answer");
  return {
    reason: reasonOf(error, body.data?.status_code),
    status,
    message: words.replaceAll(token, "***").slice(0, LONGEST_MESSAGE),
  };
}

/** The answer was cut off since it has more bytes than a movie can have. Axios has no code of its own for that. */
export function isTooLarge({ message }: AxiosError): boolean {
  return String(message).startsWith("maxContentLength");
}

/** Whether no whole answer came: none at all, or one of a 200 that broke off in the middle of the movie. */
export function isUnanswered({ response }: AxiosError): boolean {
  return response === undefined || response.status === 200;
}

function reasonOf(error: AxiosError, tmdbCode: number | undefined): Reason {
  if (isTooLarge(error)) return "invalid_response";
  if (isUnanswered(error)) return "network";
  const status = error.response?.status ?? 0;
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server_error";
  // A 404 in another shape is not TMDB saying that it does not know the movie: the base URL leads somewhere else.
  if (status === 404 && tmdbCode !== undefined && NOT_FOUND_CODES.includes(tmdbCode)) return "not_found";
  return "invalid_response";
}
