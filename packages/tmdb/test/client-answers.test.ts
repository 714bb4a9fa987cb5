import type { MovieAnswer, MovieFailure } from "@lotes/core";
import { CHARADE, FACTS, YOJIMBO } from "@lotes/local/testing/tmdb";
import type { MisbehaviourAnswer } from "@lotes/local/tmdb/misbehaviour-rule";
import { TmdbServer } from "@lotes/local/tmdb/tmdb-server";
import { TmdbClient } from "@lotes/tmdb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ID = "tt0055630";
const ATTEMPTS = 7;
const server = new TmdbServer({ facts: FACTS, token: "token" });
let baseUrl: string;
let client: TmdbClient;
/** These give an answer so long. */
let impatient: TmdbClient;
let patient: TmdbClient;
beforeAll(async () => {
  baseUrl = await server.listen(0);
  // Before the tests, since a new one waits for a second.
  client = clientWith({ attemptMs: 10_000, backoffMs: 1 });
  impatient = clientWith({ attemptMs: 100, backoffMs: 1 });
  patient = clientWith({ attemptMs: 1_000, backoffMs: 1 });
});
afterAll(() => server.close());

function clientWith(timing: { attemptMs: number; backoffMs: number }): TmdbClient {
  return new TmdbClient(
    { baseUrl, token: "token", language: "pt-BR", requestsPerSecond: 10_000 },
    { concurrency: 1 },
    timing,
  );
}

async function ask(by = client): Promise<{ answer: MovieAnswer; told: string[]; requests: number }> {
  const before = server.stats().requests;
  const told: string[] = [];
  const answer = await by.movie(ID, {
    deadline: performance.now() + 60_000,
    timeIsUp: new AbortController().signal,
    signal: new AbortController().signal,
    onFailedAttempt: ({ reason }: MovieFailure) => told.push(reason),
  });
  return { answer, told, requests: server.stats().requests - before };
}

const CURABLE: [string, MisbehaviourAnswer, Partial<MovieFailure>][] = [
  [
    "a page in the movie's place",
    "html",
    { reason: "invalid_response", status: 200, message: expect.stringContaining("Welcome") },
  ],
  ["a 200 of nothing", "empty", { reason: "invalid_response", status: 200, message: "status 200 with an empty body" }],
  [
    "a movie that is cut off",
    "cut",
    { reason: "invalid_response", status: 200, message: "status 200 with JSON that is cut off" },
  ],
  ["a movie in gzip that is cut off", "cut gzip", { reason: "invalid_response", status: 200 }],
  ["a movie in brotli that is cut off", "cut br", { reason: "invalid_response", status: 200 }],
  ["JSON that is no movie", { status: 200, body: { success: true } }, { reason: "invalid_response", status: 200 }],
  ["JSON of nothing", { status: 200, body: null }, { reason: "invalid_response", status: 200 }],
  [
    "a record that is no movie's",
    { status: 200, body: { ...CHARADE, imdb_id: "nm0000030" } },
    { reason: "invalid_response", status: 200 },
  ],
  [
    "a 403 page of a CDN",
    { status: 403, page: true },
    { reason: "server_error", status: 403, message: expect.stringContaining("Request blocked") },
  ],
  ["a 401 page of a proxy", { status: 401, page: true }, { reason: "server_error", status: 401 }],
  ["a 404 page", { status: 404, page: true }, { reason: "invalid_response", status: 404 }],
  ["a redirect to a page", { status: 302, page: true }, { reason: "invalid_response", status: 302 }],
  ["a 408", { status: 408, page: true }, { reason: "server_error", status: 408 }],
  ["a 503", { status: 503 }, { reason: "server_error", status: 503 }],
];

describe("an answer that a second request may cure", () => {
  test.each(CURABLE)(
    "such as %s is asked for again: once it costs no record, always it is told as it is",
    async (_, answer, failure) => {
      server.misbehave([{ times: 1, answer }]);
      expect(await ask()).toMatchObject({ answer: { record: YOJIMBO }, told: [failure.reason], requests: 2 });
      server.misbehave([{ answer }]);
      expect(await ask()).toMatchObject({ answer: { failure }, requests: ATTEMPTS });
    },
  );
});

test.each([
  ["a token that TMDB refuses", { status: 401 }, "unauthorized"],
  ["what TMDB calls wrong", { status: 422 }, "invalid_response"],
] as const)("%s is asked for once", async (_, answer, reason) => {
  server.misbehave([{ answer }]);
  expect(await ask()).toMatchObject({ answer: { failure: { reason } }, told: [], requests: 1 });
});

describe("a body that drips", () => {
  test("ends with the attempt's time, and is no answer", async () => {
    server.misbehave([{ answer: { status: 200, byteEveryMs: 20 } }]);
    const { answer, requests } = await ask(impatient);
    expect(answer).toEqual({
      failure: { reason: "network", status: null, message: "no whole answer within 100 ms" },
    });
    expect(requests).toBe(ATTEMPTS);
  });

  test("costs no record when the next answer is the movie", async () => {
    server.misbehave([{ times: 1, answer: { status: 200, byteEveryMs: 20 } }]);
    expect((await ask(patient)).answer).toEqual({ record: YOJIMBO });
  });
});
