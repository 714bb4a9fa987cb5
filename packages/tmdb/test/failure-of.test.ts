import { AxiosError } from "axios";
import { describe, expect, test } from "vitest";
import { TOO_LARGE, UNREADABLE } from "../src/answer-body.ts";
import { failureOf, isCurable, NOT_THE_MOVIE } from "../src/failure-of.ts";
import { answered, brokenOff, tmdbError, unanswered } from "./support/axios-errors.ts";

const TOKEN = "eyJhbGciOi.s3cr3t";

const PAGE = "<!DOCTYPE html><html><head><title>Access Denied</title></head></html>";

describe("why there is no movie", () => {
  test.each([
    ["404 with TMDB's code 34", 404, tmdbError(34, "The resource you requested could not be found."), "not_found"],
    ["404 with TMDB's code 6", 404, tmdbError(6, "Invalid id: The pre-requisite id is invalid."), "not_found"],
    ["404 with another of TMDB's codes", 404, tmdbError(5, "Invalid parameters."), "invalid_response"],
    ["401", 401, tmdbError(7, "Invalid API key: You must be granted a valid key."), "unauthorized"],
    ["403", 403, tmdbError(10, "Suspended API key."), "unauthorized"],
    ["400", 400, tmdbError(22, "Invalid page."), "invalid_response"],
    ["405", 405, tmdbError(42, "This request method is not supported for this resource."), "invalid_response"],
    ["422", 422, tmdbError(5, "Invalid parameters."), "invalid_response"],
  ])("is after %s, with the status, and is not asked again: TMDB has decided", (_, status, data, reason) => {
    const error = answered({ status, data });
    expect(failureOf(error, TOKEN)).toMatchObject({ reason, status });
    expect(isCurable(error)).toBe(false);
  });

  test.each([
    ["404 without TMDB's code", 404, "<html>404 Not Found</html>", "invalid_response"],
    ["404 of nothing", 404, "", "invalid_response"],
    ["404 whose code is text", 404, { status_code: "34", status_message: "x" }, "invalid_response"],
    ["404 that is cut off", 404, '{"success":false,"status_code":34,"status_mes', "invalid_response"],
    ["401 of a proxy", 401, "<html>Sign in</html>", "server_error"],
    ["401 of nothing", 401, "", "unauthorized"],
    ["401 in another shape", 401, { error: "no" }, "unauthorized"],
    ["401 that is cut off", 401, '{"success":false,"status_c', "unauthorized"],
    ["403 page of a CDN", 403, PAGE, "server_error"],
    ["403 of nothing", 403, "", "server_error"],
    ["403 in another shape", 403, { message: "Forbidden" }, "server_error"],
    ["403 in plain words", 403, "Forbidden", "server_error"],
    ["407 of a proxy", 407, PAGE, "invalid_response"],
    ["408", 408, "", "server_error"],
    ["425", 425, "", "server_error"],
    ["429", 429, tmdbError(25, "Your request count is over the allowed limit."), "rate_limited"],
    ["429 without a body", 429, undefined, "rate_limited"],
    ["429 page", 429, PAGE, "rate_limited"],
    ["500", 500, tmdbError(11, "Internal error."), "server_error"],
    ["502", 502, "<html>Bad Gateway</html>", "server_error"],
    ["503", 503, tmdbError(9, "Service offline."), "server_error"],
    ["504", 504, "", "server_error"],
    ["511 of a captive portal", 511, PAGE, "server_error"],
    ["520 of a CDN", 520, PAGE, "server_error"],
    ["a redirect", 301, "", "invalid_response"],
    ["a redirect to a page to sign in at", 307, PAGE, "invalid_response"],
    ["418 of somebody else", 418, PAGE, "invalid_response"],
    ["451 page", 451, PAGE, "invalid_response"],
  ])("is after %s, with the status, and is asked again: it may be a stray answer", (_, status, data, reason) => {
    const error = answered({ status, data });
    expect(failureOf(error, TOKEN)).toMatchObject({ reason, status });
    expect(isCurable(error)).toBe(true);
  });

  test("is nothing to ask again for when the request was broken off on purpose", () => {
    expect(isCurable(unanswered("ERR_CANCELED", "canceled"))).toBe(false);
  });

  test.each([
    ["ECONNABORTED", "timeout of 5000ms exceeded"],
    ["ETIMEDOUT", "timeout of 5000ms exceeded"],
    ["ECONNRESET", "socket hang up"],
    ["ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:443"],
    ["ENOTFOUND", "getaddrinfo ENOTFOUND api.themoviedb.org"],
    ["EAI_AGAIN", "getaddrinfo EAI_AGAIN api.themoviedb.org"],
  ])("is the network after %s", (code, message) => {
    expect(failureOf(unanswered(code, message), TOKEN)).toEqual({ reason: "network", status: null, message });
  });

  test.each([
    [AxiosError.ERR_BAD_RESPONSE, "stream has been aborted"],
    ["ECONNRESET", "aborted"],
  ])("is the network when it broke in the middle of the movie (%s, %s)", (code, message) => {
    expect(failureOf(brokenOff(200, code, message), TOKEN)).toMatchObject({ reason: "network", message });
  });

  test("is what the status says when the network broke after it", () => {
    const message = "stream has been aborted";
    const reasonAt = (status: number) => failureOf(brokenOff(status, "ERR_BAD_RESPONSE", message), TOKEN).reason;
    expect([401, 403, 429, 503].map(reasonAt)).toEqual([
      "unauthorized",
      "server_error",
      "rate_limited",
      "server_error",
    ]);
  });

  test.each([
    ["too large to be a movie's", TOO_LARGE, "the answer has more than 262144 bytes"],
    ["not compressed as it says", UNREADABLE, "incorrect header check"],
  ])("is the answer itself when it is %s, unless its status says why", (_, code, message) => {
    const error = brokenOff(200, code, message);
    expect(failureOf(error, TOKEN)).toMatchObject({ reason: "invalid_response", status: 200 });
    expect(failureOf(error, TOKEN).message).toContain(message);
    expect(isCurable(error)).toBe(true);
    expect(failureOf(brokenOff(429, code, message), TOKEN).reason).toBe("rate_limited");
  });
});

describe("the message", () => {
  test("is in TMDB's own words", () => {
    const error = answered({ status: 404, data: tmdbError(34, "The resource could not be found.") });
    expect(failureOf(error, TOKEN).message).toBe("The resource could not be found.");
  });

  test.each([
    ["a page", 403, PAGE, 'status 403 with a page that is not TMDB\'s: "Access Denied"'],
    [
      "a page without a title",
      502,
      "<h1>Bad\n  Gateway</h1><p>nginx",
      'a page that is not TMDB\'s: "Bad Gateway nginx"',
    ],
    ["nothing", 404, " \n", "status 404 with an empty body"],
    ["JSON that is cut off", 500, '{"success":fal', "status 500 with JSON that is cut off"],
    [
      "JSON in another shape",
      401,
      { error: "no" },
      "status 401 with JSON that is not the movie, and no error of TMDB's",
    ],
  ])("tells the status, and what came, when it is %s and no word of TMDB's", (_, status, data, message) => {
    expect(failureOf(answered({ status, data }), TOKEN).message).toContain(message);
  });

  test("tells of a 429 for how long it asks", () => {
    const error = answered({ status: 429, data: tmdbError(25, "Too many."), headers: { "retry-after": "3600" } });
    expect(failureOf(error, TOKEN).message).toBe("Too many. (Retry-After: 3600)");
  });

  test.each([
    [200, PAGE, 'status 200 with a page that is not TMDB\'s: "Access Denied"'],
    [204, "", "status 204 with an empty body"],
    [206, '{"id":2', "status 206 with JSON that is cut off"],
  ])("tells what a good status, %s, came with in the movie's place", (status, data, message) => {
    const { response } = answered({ status, data });
    const error = new AxiosError("the answer is not the movie", NOT_THE_MOVIE, undefined, {}, response);
    expect(failureOf(error, TOKEN)).toEqual({ reason: "invalid_response", status, message });
    expect(isCurable(error)).toBe(true);
  });

  test("is the error's code when it has no words, and never empty", () => {
    expect(failureOf(unanswered("ECONNRESET", ""), TOKEN).message).toBe("ECONNRESET");
    expect(failureOf(new AxiosError(), TOKEN).message).not.toBe("");
  });

  test.each([
    ["TMDB's words", answered({ status: 401, data: tmdbError(7, `Invalid API key: ${TOKEN} (${TOKEN})`) })],
    ["the network's words", unanswered("ERR_INVALID_URL", `Invalid URL: https://x/3/movie/278?api_key=${TOKEN}`)],
  ])("never has the token, though it is in %s", (_, error) => {
    const { message } = failureOf(error, TOKEN);
    expect(message).toContain("***");
    expect(message).not.toContain(TOKEN);
    expect(message).not.toContain("s3cr3t");
  });

  test("never has a part of the token, though it is where the message is cut", () => {
    for (let before = 280; before <= 300; before++) {
      const error = answered({ status: 401, data: tmdbError(7, `${"x".repeat(before)}${TOKEN}`) });
      expect(failureOf(error, TOKEN).message).not.toContain("eyJ");
    }
  });

  test("is cut after 300 characters", () => {
    const error = answered({ status: 500, data: tmdbError(11, "x".repeat(5000)) });
    expect(failureOf(error, TOKEN).message).toBe("x".repeat(300));
  });
});
