import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { peakPerSecond } from "../../src/tmdb/sliding-second.ts";
import { getMovie, misbehaving, request, start, statuses, TOO_MANY, untilStatus } from "../support/tmdb.ts";

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
    await expect.poll(async () => (await standIn.stats()).peakConnections).toBe(3);
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
