import { between, seeded } from "@lotes/core/testing/random";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RequestLimiter, type RequestShare, shareOf } from "../src/request-limiter.ts";
import { LONGEST_WAY_MS, Requests } from "./support/requests.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

beforeEach(useVirtualTime);
afterEach(useRealTime);

function share(perSecond: number, connections = 10): RequestShare {
  return { perSecond, connections, tailMs: 160 };
}

describe("the share of a consumer", () => {
  test.each([
    [40, 2, { perSecond: 20, connections: 10 }],
    [40, 3, { perSecond: 13, connections: 6 }],
    [41, 2, { perSecond: 20, connections: 10 }],
    [50, 40, { perSecond: 1, connections: 1 }],
    [1, 1, { perSecond: 1, connections: 20 }],
  ])("of %i requests per second among %i is %j", (requests, concurrency, expected) => {
    expect(shareOf(requests, { concurrency })).toMatchObject(expected);
  });

  test("is never more than the budget when all take theirs", () => {
    for (let requests = 1; requests <= 100; requests++) {
      for (let consumers = 1; consumers <= Math.min(20, requests); consumers++) {
        const { perSecond, connections } = shareOf(requests, { concurrency: consumers });
        expect(perSecond * consumers).toBeLessThanOrEqual(requests);
        expect(connections * consumers).toBeLessThanOrEqual(20);
        expect(Math.min(perSecond, connections)).toBeGreaterThan(0);
      }
    }
  });
});

describe("a fresh limiter", () => {
  test("sends nothing in its first second, which a process before it may have used up", async () => {
    const requests = new Requests(share(20));
    requests.add(5);
    await pass(1000);
    expect(requests.sent).toBe(0);
    await pass(1000);
    expect(requests.sent).toBe(5);
  });

  test("has waited when the first request comes later", async () => {
    const requests = new Requests(share(20));
    await pass(5000);
    requests.add(1);
    await pass(100);
    expect(requests.sent).toBe(1);
  });
});

describe("no sliding second holds more than the share", () => {
  test.each([1, 2, 7, 20, 50])("of %i when a lote comes at once, and the share is used", async (perSecond) => {
    const requests = new Requests(share(perSecond));
    requests.add(perSecond * 5);
    await pass(1000 + 5 * 1100);
    expect(requests.sent).toBe(perSecond * 5);
    expect(requests.busiestSecond()).toBe(perSecond);
  });

  test("when work comes after an idle time, which does not add up", async () => {
    const requests = new Requests(share(20));
    await pass(60_000);
    requests.add(100);
    await pass(6000);
    expect(requests.sent).toBe(100);
    expect(requests.busiestSecond()).toBe(20);
  });

  test("when work comes anyhow, in bursts and alone, answered fast and slowly", async () => {
    const random = seeded(41);
    for (const perSecond of [1, 3, 10, 20]) {
      const requests = new Requests(share(perSecond), () => between(random, 0, 300));
      for (let burst = 0; burst < 25; burst++) {
        requests.add(between(random, 1, 2 * perSecond));
        await pass(between(random, 0, 2500));
      }
      await pass(60_000);
      expect(requests.sent).toBe(requests.added);
      expect(requests.busiestSecond()).toBeLessThanOrEqual(perSecond);
    }
  });

  test("at the server, though the first requests have to wait for their connections", async () => {
    let connections = 0;
    // A handshake of TCP and TLS over an ocean.
    const connecting = () => (++connections <= 10 ? 300 : 0);
    const requests = new Requests(share(20), () => 80, connecting);
    requests.add(200);
    await pass(15_000);
    expect(requests.sent).toBe(200);
    expect(requests.busiestSecond()).toBe(20);
  });

  test("when some of the requests fail", async () => {
    const requests = new Requests(share(10));
    requests.add(20);
    requests.add(20, { fails: true });
    requests.add(20);
    await pass(8000);
    expect(requests.sent).toBe(60);
    expect(requests.busiestSecond()).toBe(10);
    expect(requests.rejected).toBe(20);
  });
});

describe("the requests under way", () => {
  test("are never more than the connections, and those that wait are sent once one is free", async () => {
    const requests = new Requests(share(20, 4), () => 3000);
    requests.add(10);
    await pass(3500);
    expect(requests.sent).toBe(4);
    await pass(10_000);
    expect(requests.sent).toBe(10);
    expect(requests.mostUnderWay).toBe(4);
  });

  test("are as many as the connections all the time, while there is enough of the budget", async () => {
    const requests = new Requests(share(1_000_000), () => 80);
    await pass(2000);
    requests.add(100);
    // Each connection's tenth request, nine answers after its first, and what it takes until all have their first.
    await pass(9 * 80 + 25);
    expect(requests.sent).toBe(100);
  });

  test("are sent in the order in which they came", async () => {
    const requests = new Requests(share(20));
    requests.add(60);
    await pass(5000);
    expect(requests.order).toEqual(Array.from({ length: 60 }, (_, index) => index));
  });
});

describe("the answer", () => {
  test("is handed through", async () => {
    const limiter = new RequestLimiter(share(20), LONGEST_WAY_MS);
    const answer = limiter.schedule(async () => "the movie", new AbortController().signal);
    await pass(1500);
    await expect(answer).resolves.toBe("the movie");
  });

  test("that is an error is handed through as it is", async () => {
    const limiter = new RequestLimiter(share(20), LONGEST_WAY_MS);
    const error = new Error("socket hang up");
    const outcome = expect(limiter.schedule(() => Promise.reject(error), new AbortController().signal)).rejects.toBe(
      error,
    );
    await pass(1500);
    await outcome;
  });
});
