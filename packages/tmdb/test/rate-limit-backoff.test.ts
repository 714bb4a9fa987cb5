import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RateLimitBackoff } from "../src/rate-limit-backoff.ts";
import { answered } from "./support/axios-errors.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

beforeEach(() => {
  useVirtualTime();
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  useRealTime();
});

function refusal(retryAfter?: string) {
  return answered({ status: 429, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } });
}

/** A request that is sent now and refused at once. */
function refusedNow(backoff: RateLimitBackoff, retryAfter?: string): number {
  return backoff.delayMs(refusal(retryAfter), performance.now());
}

/** Waits each pause out, only to be refused again. */
async function pausesInARow(backoff: RateLimitBackoff, count: number): Promise<number[]> {
  const pauses: number[] = [];
  while (pauses.length < count) {
    const pause = refusedNow(backoff);
    pauses.push(pause);
    await pass(pause);
  }
  return pauses;
}

describe("a 429 that says how long", () => {
  test.each([
    ["1", 1000],
    ["7", 7000],
    ["0.5", 500],
  ])("in seconds (%s) is taken at its word", (seconds, expected) => {
    expect(refusedNow(new RateLimitBackoff(), seconds)).toBe(expected);
  });

  test.each([["361"], ["3600"], ["1e12"], ["Infinity"], ["Fri, 31 Dec 9999 23:59:59 GMT"]])(
    "is taken at its word until a lote comes back, six minutes later (%s)",
    (value) => {
      expect(refusedNow(new RateLimitBackoff(), value)).toBe(360_000);
    },
  );

  test("as a date is taken at its word", () => {
    const date = new Date(Date.now() + 12_000).toUTCString();
    expect(refusedNow(new RateLimitBackoff(), date)).toBe(12_000);
  });

  test.each([["0"], ["-5"], ["soon"], [""], ["Thu, 01 Jan 1970 00:00:00 GMT"]])(
    "but nothing of use (%j) is one that says nothing",
    (value) => {
      expect(refusedNow(new RateLimitBackoff(), value)).toBe(1000);
    },
  );
});

describe("a 429 that says nothing", () => {
  test("doubles the pause each time nothing got through since, up to eight seconds", async () => {
    expect(await pausesInARow(new RateLimitBackoff(), 6)).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });

  test("adds up to a quarter by chance, so that not everybody comes back at once", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.999_999);
    const [first = 0, second = 0] = await pausesInARow(new RateLimitBackoff(), 2);
    expect(first).toBeGreaterThan(1200);
    expect(first).toBeLessThan(1250);
    expect(second).toBeGreaterThan(2400);
    expect(second).toBeLessThan(2500);
  });

  test("counts one that said how long among those before it", async () => {
    const backoff = new RateLimitBackoff();
    await pass(refusedNow(backoff, "3"));
    expect(refusedNow(backoff)).toBe(2000);
  });
});

describe("the refusals of one burst", () => {
  test("count once, however many they are", async () => {
    const backoff = new RateLimitBackoff();
    const sentAt = performance.now();
    await pass(50);
    const burst = Array.from({ length: 10 }, () => backoff.delayMs(refusal(), sentAt));
    expect(new Set(burst)).toEqual(new Set([1000]));
    await pass(1000);
    expect(refusedNow(backoff)).toBe(2000);
  });

  test("count once although they are answered after the pause is over", async () => {
    const backoff = new RateLimitBackoff();
    const sentAt = performance.now();
    backoff.delayMs(refusal(), sentAt);
    await pass(3000);
    expect(backoff.delayMs(refusal(), sentAt)).toBe(1000);
  });
});

describe("a request that gets through", () => {
  test("after a pause makes the next refusal the first again", async () => {
    const backoff = new RateLimitBackoff();
    await pausesInARow(backoff, 3);
    backoff.passed(performance.now());
    expect(await pausesInARow(backoff, 3)).toEqual([1000, 2000, 4000]);
  });

  test("but was sent before the pause says nothing", async () => {
    const backoff = new RateLimitBackoff();
    const sentAt = performance.now();
    await pausesInARow(backoff, 2);
    backoff.passed(sentAt);
    expect(refusedNow(backoff)).toBe(4000);
  });

  test("does not make the pause for a straggler of the burst shorter than a second", async () => {
    const backoff = new RateLimitBackoff();
    const sentAt = performance.now();
    await pass(backoff.delayMs(refusal(), sentAt));
    backoff.passed(performance.now());
    expect(backoff.delayMs(refusal(), sentAt)).toBe(1000);
  });
});
