import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RequestLimiter, shareOf } from "../src/request-limiter.ts";
import type { Send } from "../src/turns.ts";
import { mostInASecond } from "./support/requests.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

beforeEach(useVirtualTime);
afterEach(useRealTime);

const NEVER = new AbortController().signal;
const LONGEST_WAY_MS = 5_000;

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Of a process that is no longer new, unless told otherwise. */
async function limiter({ perSecond = 20, warm = true, reuseHours = 0 } = {}): Promise<RequestLimiter> {
  const made = new RequestLimiter(shareOf(2 * perSecond, { concurrency: 2, reuseHours }), LONGEST_WAY_MS);
  if (warm) await pass(10_000);
  return made;
}

/** @returns how long an invocation took that sends as many requests as given, in that way */
async function duration(limiter: RequestLimiter, sends: readonly Send<void>[], mostMs = 60_000): Promise<number> {
  const began = performance.now();
  let ended: number | undefined;
  const work = async () => {
    await Promise.all(sends.map((send) => limiter.schedule(send, NEVER)));
  };
  void limiter.invocation(work, began + mostMs).then(() => {
    ended = performance.now() - began;
  });
  await pass(mostMs + 1_000);
  return ended ?? Number.POSITIVE_INFINITY;
}

const answered: Send<void> = async (sent) => sent.answered(true);
const times = (count: number, send: Send<void>) => Array.from({ length: count }, () => send);

describe("an invocation", () => {
  test("that sends nothing ends at once", async () => {
    expect(await duration(await limiter(), [])).toBe(0);
  });

  test.each([
    { reuseHours: 0, tailMs: 160 },
    { reuseHours: 24, tailMs: 80 },
  ])(
    "that uses its share up ends $tailMs ms after its last request with REUSE_HOURS=$reuseHours",
    async ({ reuseHours, tailMs }) => {
      const began = performance.now();
      let lastAt = 0;
      const send: Send<void> = async (sent) => {
        lastAt = performance.now() - began;
        sent.answered(true);
      };
      const limits = await limiter({ reuseHours });
      const before = performance.now() - began;
      const took = await duration(limits, times(20, send));
      expect(took - (lastAt - before)).toBeGreaterThanOrEqual(tailMs - 5);
      expect(took - (lastAt - before)).toBeLessThan(tailMs + 5);
    },
  );

  test("lasts as long as its requests take evenly, be they few", async () => {
    expect(await duration(await limiter(), times(3, answered))).toBeGreaterThanOrEqual(150);
  });

  test("waits for nobody when its share is more than it can use", async () => {
    const limits = await limiter({ perSecond: 500_000 });
    const began = performance.now();
    let lastAt = 0;
    const send = async () => {
      lastAt = performance.now();
    };
    const took = await duration(limits, times(200, send));
    expect(took - (lastAt - began)).toBeLessThanOrEqual(1);
  });

  test("of a new process waits until the process before it can't matter any more, if it sends nothing itself", async () => {
    expect(await duration(await limiter({ warm: false }), [])).toBe(1_255);
  });

  test("waits for an attempt that is under way", async () => {
    const limits = await limiter();
    let ended = false;
    const work = async () => {
      void limits.schedule(() => after(3_000), NEVER);
      await after(100);
    };
    void limits.invocation(work, Number.POSITIVE_INFINITY).then(() => {
      ended = true;
    });
    await pass(2_900);
    expect(ended).toBe(false);
    await pass(500);
    expect(ended).toBe(true);
  });

  test("that broke a request off waits until that can't arrive any more", async () => {
    const took = await duration(await limiter(), [async (sent) => sent.abandoned()]);
    expect(took).toBeGreaterThanOrEqual(LONGEST_WAY_MS);
    expect(took).toBeLessThan(LONGEST_WAY_MS + 300);
  });

  test("ends in time all the same, and then the process waits before it sends again", async () => {
    const limits = await limiter();
    const began = performance.now();
    expect(await duration(limits, [async (sent) => sent.abandoned()], 1_000)).toBe(1_000);
    let sentAt = 0;
    const send = async () => {
      sentAt = performance.now();
    };
    void limits.invocation(() => limits.schedule(send, NEVER), Number.POSITIVE_INFINITY);
    await pass(10_000);
    expect(sentAt - began).toBeGreaterThanOrEqual(LONGEST_WAY_MS + 1_000);
  });

  test("that had no time to send anything does not make the process wait for longer", async () => {
    const limits = await limiter();
    const abandoned: Send<void> = async (sent) => sent.abandoned();
    await duration(limits, [abandoned], 2_000);
    // A lote's time is over before the process may send.
    const tooShort = new AbortController();
    const work = async () => {
      setTimeout(() => tooShort.abort(), 900);
      await limits.schedule(answered, tooShort.signal).catch(() => {});
    };
    const began = performance.now();
    await Promise.all([limits.invocation(work, began + 1_000), pass(1_100)]);
    let sentAt = 0;
    const send: Send<void> = async (sent) => {
      sentAt = performance.now();
      sent.answered(true);
    };
    await duration(limits, [send]);
    // 3 s went by after the request that was broken off, and 1.1 s in the invocation that sent nothing.
    expect(sentAt - began).toBeLessThan(LONGEST_WAY_MS + 1_005 - 3_000 + 100);
  });

  test("hands the work's error through", async () => {
    const limits = await limiter();
    const error = new Error("S3 is down");
    const outcome = expect(limits.invocation(() => Promise.reject(error), Number.POSITIVE_INFINITY)).rejects.toBe(
      error,
    );
    await pass(10);
    await outcome;
  });
});

test("a request may arrive at any time until its answer, less the shortest way there and back", async () => {
  const limits = await limiter({ perSecond: 5 });
  const arrivals: number[] = [];
  // The path is known: 100 ms there and back. Then each request takes up to 400 ms longer to get there.
  for (let nth = 0; nth < 200; nth++) {
    void limits.schedule(async (sent) => {
      const late = nth < 30 || nth % 2 === 0 ? 0 : 400;
      await after(50 + late);
      arrivals.push(performance.now());
      await after(50);
      sent.answered(true);
    }, NEVER);
  }
  await pass(120_000);
  expect(arrivals).toHaveLength(200);
  expect(mostInASecond(arrivals)).toBe(5);
});
