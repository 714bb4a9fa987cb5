import type { MovieFailure } from "@lotes/core";
import { FACTS } from "@lotes/local/testing/tmdb";
import { TmdbServer } from "@lotes/local/tmdb/tmdb-server";
import { TmdbClient } from "@lotes/tmdb";
import { expect, onTestFinished, test } from "vitest";

test("a failed attempt is told of before it is repeated, but for an id's first 429", async () => {
  const limited = { status: 429, retryAfter: 1 } as const;
  const misbehaviour = [{ answer: "reset", times: 1 } as const, { answer: limited, times: 2 }];
  const server = new TmdbServer({ facts: FACTS, token: "token", misbehaviour });
  const baseUrl = await server.listen(0);
  onTestFinished(() => server.close());
  const client = new TmdbClient(
    { baseUrl, token: "token", language: "pt-BR", requestsPerSecond: 1000 },
    { concurrency: 1 },
  );
  const told: MovieFailure[] = [];
  const enough = new AbortController();
  await client.movie("tt0055630", {
    deadline: performance.now() + 60_000,
    signal: enough.signal,
    onFailedAttempt: (failure) => {
      told.push(failure);
      if (failure.reason === "rate_limited") enough.abort();
    },
  });
  expect(told).toMatchObject([
    { reason: "network", status: null },
    { reason: "rate_limited", status: 429 },
  ]);
  expect(server.stats().requests).toBe(3);
});
