import { get, type IncomingMessage } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { TmdbStandIn } from "../../src/tmdb/start-tmdb-stand-in.ts";
import { TmdbServer } from "../../src/tmdb/tmdb-server.ts";
import { FACTS, getMovie, NOT_FOUND, request, start, tmdbInProcess, YOJIMBO } from "../support/tmdb.ts";

/** One for all tests that need nothing of their own. */
let plain: TmdbStandIn;
beforeAll(async () => {
  plain = await tmdbInProcess({ facts: FACTS });
});
afterAll(() => plain.stop());

describe("movies", () => {
  test("a movie is found by its IMDb id and by its TMDB id, with more fields than the ten attributes", async () => {
    const byImdbId = await getMovie(plain, "tt0055630");
    const byTmdbId = await getMovie(plain, "11878");

    expect(byImdbId.status).toBe(200);
    expect(byImdbId.body).toMatchObject(YOJIMBO);
    expect(byImdbId.body).toMatchObject({ adult: false, original_title: "Yojimbo", status: "Released", video: false });
    expect(byTmdbId.body).toEqual(byImdbId.body);
  });

  test("an unknown release date is an empty text, as TMDB writes it", async () => {
    expect((await getMovie(plain, "tt0056923")).body).toMatchObject({ title: "Charade", release_date: "" });
  });

  test.for([
    ["an unknown IMDb id", "/3/movie/tt9999999"],
    ["an unknown TMDB id", "/3/movie/1"],
    ["another path", "/3/tv/1399"],
    ["a path that is no URL", "//"],
  ])("%s is 404 with TMDB's code 34", async ([, path]) => {
    expect(await request(plain, path ?? "")).toMatchObject({ status: 404, body: NOT_FOUND });
  });

  test.for(["nm0000001", "tt", "%74t0055630"])("%s is no id: 404 with TMDB's code 6", async (id) => {
    expect(await getMovie(plain, id)).toMatchObject({
      status: 404,
      body: {
        success: false,
        status_code: 6,
        status_message: "Invalid id: The pre-requisite id is invalid or not found.",
      },
    });
  });

  test("another method is 405 with TMDB's code 42", async () => {
    const answer = await request(plain, "/3/movie/tt0055630", { method: "POST", body: "{}" });

    expect(answer).toMatchObject({ status: 405, body: { success: false, status_code: 42 } });
    expect(answer.headers.get("allow")).toBe("GET");
  });
});

describe("the token", () => {
  let standIn: TmdbStandIn;
  beforeAll(async () => {
    standIn = await tmdbInProcess({ facts: FACTS, token: "s3cret" });
  });
  afterAll(() => standIn.stop());

  test("is accepted as a bearer token and as api_key", async () => {
    const bearer = await request(standIn, "/3/movie/11878", { headers: { Authorization: "Bearer s3cret" } });
    const apiKey = await request(standIn, "/3/movie/11878?language=en&api_key=s3cret");

    expect([bearer.status, apiKey.status]).toEqual([200, 200]);
  });

  test.for([
    ["none", "", {}],
    ["a wrong bearer token", "", { Authorization: "Bearer other" }],
    ["a wrong api_key", "?api_key=other", {}],
  ] as const)("%s is 401 with TMDB's code 7", async ([, query, headers]) => {
    const answer = await request(standIn, `/3/movie/tt0055630${query}`, { headers });

    expect(answer).toMatchObject({
      status: 401,
      body: {
        success: false,
        status_code: 7,
        status_message: "Invalid API key: You must be granted a valid key.",
      },
    });
  });

  test("is asked for only of requests within the budget, and appears in nothing that is told", async () => {
    const standIn = await start({ token: "s3cret", requestsPerSecond: 1 });

    const seen = [
      await request(standIn, "/3/movie/1?api_key=wrong"),
      await request(standIn, "/3/movie/1?api_key=s3cret"),
    ];

    expect(seen.map(({ status }) => status)).toEqual([401, 429]);
    expect(JSON.stringify([seen, await standIn.stats(), await standIn.arrivals()])).not.toContain("s3cret");
  });
});

describe("latency", () => {
  test("delays the answer, and not the time of arrival", async () => {
    const server = new TmdbServer({ facts: FACTS, latencyMs: 300 });
    const url = await server.listen(0);
    // The server's only timers are those of its answers.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(async () => {
      vi.useRealTimers();
      await server.close();
    });
    let answered = false;
    const answer = new Promise<IncomingMessage>((resolve) => get(`${url}/3/movie/tt0055630`, resolve));
    void answer.then(() => {
      answered = true;
    });

    while (server.arrivals().length === 0) await nextTurn();
    expect(server.arrivals()).toMatchObject([{ id: "tt0055630", outcome: 200 }]);
    vi.advanceTimersByTime(299);
    // Enough turns of the loop for what was sent to be read.
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(answered).toBe(false);
    vi.advanceTimersByTime(1);
    expect((await answer).resume().statusCode).toBe(200);
  });

  test("lies between two bounds when they are given", async () => {
    const standIn = await start({ latencyMs: { min: 20, max: 40 } });

    for (let n = 0; n < 5; n++) {
      const sentAt = performance.now();
      await getMovie(standIn, "tt0055630");
      expect(performance.now() - sentAt).toBeGreaterThanOrEqual(19);
    }
  });
});
