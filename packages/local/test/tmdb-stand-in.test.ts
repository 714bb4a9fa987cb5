import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import type { MovieRecord } from "@lotes/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { PortInUseError } from "../src/port-in-use-error.ts";
import type { MisbehaviourAnswer, MisbehaviourRule } from "../src/tmdb/misbehaviour-rule.ts";
import { peakPerSecond } from "../src/tmdb/sliding-second.ts";
import { startTmdbStandIn, type TmdbStandIn, type TmdbStandInOptions } from "../src/tmdb/start-tmdb-stand-in.ts";

const YOJIMBO: MovieRecord = {
  id: 11878,
  imdb_id: "tt0055630",
  title: "Yojimbo",
  runtime: 110,
  release_date: "1961-04-25",
  budget: 0,
  revenue: 0,
  popularity: 10.313688,
  vote_average: 8.0,
  vote_count: 334,
};
const CHARADE: MovieRecord = { ...YOJIMBO, id: 4808, imdb_id: "tt0056923", title: "Charade", release_date: null };

const NOT_FOUND = { success: false, status_code: 34, status_message: "The resource you requested could not be found." };
const TOO_MANY = {
  success: false,
  status_code: 25,
  status_message: "Your request count (#) is over the allowed limit of (#).",
};

const FACTS = [YOJIMBO, CHARADE];

/** One for all tests that need nothing of their own: a thread takes a tenth of a second to start. */
let plain: TmdbStandIn;
beforeAll(async () => {
  plain = await startTmdbStandIn({ facts: FACTS });
});
afterAll(() => plain.stop());

/** One for this test. */
async function start(options: Partial<TmdbStandInOptions> = {}): Promise<TmdbStandIn> {
  const standIn = await startTmdbStandIn({ facts: FACTS, ...options });
  onTestFinished(() => standIn.stop());
  return standIn;
}

async function request({ url }: TmdbStandIn, path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

const getMovie = (standIn: TmdbStandIn, id: string) => request(standIn, `/3/movie/${id}?language=pt-BR`);

/** The statuses of so many requests for one movie, one after the other. */
async function statuses(standIn: TmdbStandIn, times: number, id = "tt0055630"): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < times; n++) seen.push((await getMovie(standIn, id)).status);
  return seen;
}

/** Asks until the movie is answered with the status. */
function untilStatus(standIn: TmdbStandIn, status: number) {
  return vi.waitFor(async () => expect((await getMovie(standIn, "tt0055630")).status).toBe(status), {
    timeout: 5_000,
    interval: 20,
  });
}

const misbehaving = (...misbehaviour: MisbehaviourRule[]) => start({ misbehaviour });

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
    standIn = await startTmdbStandIn({ facts: FACTS, token: "s3cret" });
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

describe("the budget", () => {
  test("the 41st request within a second gets a 429 with Retry-After, and is let through when the second is over", async () => {
    const standIn = await start({ requestsPerSecond: 40 });

    const answers = await Promise.all(Array.from({ length: 41 }, () => getMovie(standIn, "tt0055630")));
    await untilStatus(standIn, 200);

    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toMatchObject([{ status: 429, body: TOO_MANY }]);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    const admitted = (await standIn.arrivals()).filter(({ outcome }) => outcome === 200).map(({ at }) => at);
    expect(peakPerSecond(admitted)).toBe(40);
    expect(admitted).toHaveLength(41);
  });

  test("a 429 may come without Retry-After", async () => {
    const standIn = await start({ requestsPerSecond: 1, sendsRetryAfter: false });

    await getMovie(standIn, "tt0055630");
    const refused = await getMovie(standIn, "tt0055630");

    expect(refused).toMatchObject({ status: 429, body: TOO_MANY });
    expect(refused.headers.has("retry-after")).toBe(false);
  });

  test("slides: neither refused requests nor the clock's full seconds give anything back early", async () => {
    const standIn = await start({ requestsPerSecond: 3 });

    await statuses(standIn, 2);
    for (let renewed = 0; renewed < 3; renewed++) await untilStatus(standIn, 200);

    const admitted = (await standIn.arrivals()).filter(({ outcome }) => outcome === 200).map(({ at }) => at);
    expect(admitted).toHaveLength(5);
    expect(peakPerSecond(admitted)).toBe(3);
    expect((await standIn.stats()).peakPerSecond).toBeGreaterThan(3);
  });
});

describe("latency", () => {
  test("delays the answer, and not the time of arrival", async () => {
    const standIn = await start({ latencyMs: 300 });
    const sentAt = performance.now();

    const answer = getMovie(standIn, "tt0055630");
    await vi.waitFor(async () => expect(await standIn.arrivals()).toMatchObject([{ id: "tt0055630", outcome: 200 }]));
    const loggedAfter = performance.now() - sentAt;

    expect((await answer).status).toBe(200);
    // Node's timers count whole milliseconds.
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(299);
    expect(loggedAfter).toBeLessThan(300);
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

describe("misbehaviour answers with", () => {
  const answerWith = async (answer: MisbehaviourAnswer) => {
    await plain.misbehave([{ answer }]);
    onTestFinished(() => plain.misbehave([]));
    return getMovie(plain, "tt0055630");
  };

  test.for([
    [401, 10],
    [500, 11],
    [503, 9],
    [504, 24],
  ] as const)("status %i and TMDB's code %i", async ([status, code]) => {
    expect(await answerWith({ status })).toMatchObject({ status, body: { success: false, status_code: code } });
  });

  test.for([
    [undefined, null],
    [3, "3"],
    ["Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"],
  ] as const)("status 429 and Retry-After %s", async ([retryAfter, header]) => {
    const answer = await answerWith({ status: 429, ...(retryAfter !== undefined && { retryAfter }) });

    expect(answer).toMatchObject({ status: 429, body: TOO_MANY });
    expect(answer.headers.get("retry-after")).toBe(header);
  });

  test("silence: the request hangs until the client gives up, others are served meanwhile", async () => {
    const standIn = await misbehaving({ ids: ["tt0055630"], answer: "hang" });
    const patience = new AbortController();

    let settled = false;
    const hanging = fetch(`${standIn.url}/3/movie/tt0055630`, { signal: patience.signal }).finally(() => {
      settled = true;
    });
    await vi.waitFor(async () => expect((await standIn.stats()).outcomes).toEqual({ hang: 1 }));
    const other = await getMovie(standIn, "tt0056923");

    expect(other.status).toBe(200);
    expect(settled).toBe(false);
    patience.abort();
    await expect(hanging).rejects.toThrow("aborted");
  });

  test("a reset of the connection", async () => {
    const standIn = await misbehaving({ answer: "reset" });

    await expect(getMovie(standIn, "tt0055630")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect((await standIn.stats()).outcomes).toEqual({ reset: 1 });
  });

  test("a web page", async () => {
    const answer = await answerWith("html");

    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.body).toMatch(/^<!DOCTYPE html>/);
  });

  test.for([null, [], {}, "ok", { id: "not a number" }])("status 200 and the JSON %o", async (body) => {
    expect(await answerWith({ status: 200, body })).toMatchObject({
      status: 200,
      body,
    });
  });
});

describe("a misbehaviour rule applies", () => {
  test("to the given ids only, and the first that matches answers", async () => {
    const standIn = await misbehaving(
      { ids: ["tt0055630"], answer: { status: 500 } },
      { ids: ["tt0055630", "4808"], answer: { status: 503 } },
    );

    expect(await statuses(standIn, 1, "tt0055630")).toEqual([500]);
    expect(await statuses(standIn, 1, "4808")).toEqual([503]);
    expect(await statuses(standIn, 1, "tt0056923")).toEqual([200]);
  });

  test("to the first requests of each id with `times`, after which later rules have their turn", async () => {
    const standIn = await misbehaving({ times: 2, answer: { status: 500 } }, { times: 1, answer: { status: 503 } });

    expect(await statuses(standIn, 4, "tt0055630")).toEqual([500, 500, 503, 200]);
    expect(await statuses(standIn, 4, "tt0056923")).toEqual([500, 500, 503, 200]);
  });

  test("to so many requests in all with `limit`", async () => {
    const standIn = await misbehaving({ limit: 3, answer: { status: 500 } });

    expect(await statuses(standIn, 2, "tt0055630")).toEqual([500, 500]);
    expect(await statuses(standIn, 2, "tt0056923")).toEqual([500, 200]);
  });

  test("in its window since the first request", async () => {
    const standIn = await misbehaving({ window: { fromMs: 100, toMs: 400 }, answer: { status: 503 } });

    await untilStatus(standIn, 200);
    await untilStatus(standIn, 503);
    await untilStatus(standIn, 200);

    const arrivals = await standIn.arrivals();
    const since = ({ at }: { at: number }) => at - (arrivals[0]?.at ?? 0);
    expect(arrivals.map(({ outcome }) => outcome)).toEqual(
      arrivals.map((arrival) => (since(arrival) >= 100 && since(arrival) < 400 ? 503 : 200)),
    );
  });

  test("to its share of the requests, the same ones with the same seed", async () => {
    const options = { misbehaviour: [{ share: 0.25, answer: { status: 500 } }] } as const;
    const [one, same, other] = await Promise.all([start(options), start(options), start({ ...options, seed: 2 })]);

    const [seen, again, otherwise] = await Promise.all([one, same, other].map((standIn) => statuses(standIn, 100)));

    const failed = seen?.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(40);
    expect(again).toEqual(seen);
    expect(otherwise).not.toEqual(seen);
  });

  test("until the rules are replaced; new ones count from zero", async () => {
    const once: MisbehaviourRule[] = [{ times: 1, answer: { status: 500 } }];
    const standIn = await start();
    const seen = await statuses(standIn, 1);

    await standIn.misbehave(once);
    seen.push(...(await statuses(standIn, 2)));
    await standIn.misbehave(once);
    seen.push(...(await statuses(standIn, 1)));
    await standIn.misbehave([]);
    seen.push(...(await statuses(standIn, 1)));

    expect(seen).toEqual([200, 500, 200, 500, 200]);
  });
});

describe("statistics", () => {
  test("tell of every request, its time, movie and outcome", async () => {
    const standIn = await misbehaving({ ids: ["4808"], answer: { status: 503 } });
    expect(await standIn.stats()).toMatchObject({ requests: 0, firstArrivalAt: null, lastArrivalAt: null });

    await getMovie(standIn, "tt0055630");
    await getMovie(standIn, "4808");
    await request(standIn, "/elsewhere");

    const arrivals = await standIn.arrivals();
    expect(arrivals).toMatchObject([
      { id: "tt0055630", outcome: 200 },
      { id: "4808", outcome: 503 },
      { id: null, outcome: 404 },
    ]);
    expect(await standIn.stats()).toEqual({
      requests: 3,
      outcomes: { 200: 1, 503: 1, 404: 1 },
      peakPerSecond: 3,
      peakConnections: expect.any(Number),
      firstArrivalAt: arrivals[0]?.at,
      lastArrivalAt: arrivals[2]?.at,
    });
  });

  test("count the connections that were open at once, not those opened in all", async () => {
    const standIn = await start();
    const open = async () => {
      const socket = connect(Number(new URL(standIn.url).port), "127.0.0.1");
      await once(socket, "connect");
      return socket;
    };
    const close = async (socket: Awaited<ReturnType<typeof open>>) => {
      // The server ends its side once it has seen this end.
      socket.end().resume();
      await once(socket, "close");
    };

    const three = await Promise.all([open(), open(), open()]);
    await vi.waitFor(async () => expect((await standIn.stats()).peakConnections).toBe(3));
    await Promise.all(three.map(close));
    await close(await open());

    expect((await standIn.stats()).peakConnections).toBe(3);
  });

  test("peakPerSecond is the most arrivals in any half-open second", () => {
    expect(peakPerSecond([])).toBe(0);
    expect(peakPerSecond([5])).toBe(1);
    expect(peakPerSecond([0, 1000, 2000])).toBe(1);
    expect(peakPerSecond([0, 999.9, 1000])).toBe(2);
    // Four around the turn of a second that a count per clock second would split.
    expect(peakPerSecond([0, 800, 900, 1100, 1200, 5000])).toBe(4);
    expect(peakPerSecond([7, 7, 7, 1007])).toBe(3);
  });
});

describe("stop", () => {
  test("ends every connection, hanging and idle ones too, and frees the port", async () => {
    const standIn = await misbehaving({ ids: ["1"], answer: "hang" });
    const port = Number(new URL(standIn.url).port);
    const idle = connect(port, "127.0.0.1");
    await once(idle, "connect");
    const hanging = fetch(`${standIn.url}/3/movie/1`).catch((error) => error);
    await vi.waitFor(async () => expect((await standIn.stats()).requests).toBe(1));

    const idleEnds = once(idle.resume(), "close");
    await Promise.all([standIn.stop(), standIn.stop()]);

    expect(await hanging).toBeInstanceOf(TypeError);
    await idleEnds;
    const again = await start({ port });
    expect(again.url).toBe(standIn.url);
  });

  test("leaves nothing that keeps the process alive, and nothing to ask", async () => {
    const module = new URL("../src/tmdb/start-tmdb-stand-in.ts", import.meta.url);
    const program = `
      import { startTmdbStandIn } from "${module}";
      const standIn = await startTmdbStandIn({ facts: [], latencyMs: 60_000, misbehaviour: [{ ids: ["1"], answer: "hang" }] });
      const unanswered = ["1", "2"].map((id) => fetch(standIn.url + "/3/movie/" + id).catch(() => {}));
      while ((await standIn.stats()).requests < 2);
      await standIn.stop();
      await Promise.all(unanswered);
      console.log(await standIn.stats().catch((error) => error.message));`;

    // Rejects when the program has not ended by itself.
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], {
      timeout: 10_000,
    });

    expect(stdout).toBe("the TMDB stand-in has stopped\n");
  });
});

test("a port in use is one clear line", async () => {
  const port = Number(new URL((await start()).url).port);

  const second = start({ port });

  await expect(second).rejects.toBeInstanceOf(PortInUseError);
  await expect(second).rejects.toThrow(new RegExp(`^port ${port} .*is in use: .+$`));
});
