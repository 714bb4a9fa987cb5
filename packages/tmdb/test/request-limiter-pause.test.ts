import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shareOf } from "../src/request-limiter.ts";
import { Requests } from "./support/requests.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

beforeEach(useVirtualTime);
afterEach(useRealTime);

describe("a pause", () => {
  test("holds everything until it ends: what waits and what comes meanwhile", async () => {
    const requests = new Requests(shareOf(40, { concurrency: 2 }));
    requests.add(30);
    await pass(1500);
    const before = requests.sent;
    requests.limiter.pause(4000);
    requests.add(30);
    await pass(3999);
    expect(requests.sent).toBe(before);
    await pass(10_000);
    expect(requests.sent).toBe(60);
    expect(requests.busiestSecond()).toBeLessThanOrEqual(20);
  });

  test("is as long as the one of several that ends last", async () => {
    const requests = new Requests(shareOf(40, { concurrency: 2 }));
    await pass(2000);
    requests.limiter.pause(3000);
    requests.limiter.pause(1000);
    requests.add(1);
    await pass(2999);
    expect(requests.sent).toBe(0);
    await pass(1);
    expect(requests.sent).toBe(1);
  });

  test("is prolonged for those that wait it out already", async () => {
    const requests = new Requests(shareOf(40, { concurrency: 2 }));
    await pass(2000);
    requests.limiter.pause(1000);
    requests.add(5);
    await pass(900);
    requests.limiter.pause(2000);
    await pass(1999);
    expect(requests.sent).toBe(0);
    await pass(1000);
    expect(requests.sent).toBe(5);
  });

  test("of no time, or less, is none", async () => {
    const requests = new Requests(shareOf(40, { concurrency: 2 }));
    await pass(2000);
    requests.limiter.pause(0);
    requests.limiter.pause(-5000);
    requests.add(1);
    await pass(50);
    expect(requests.sent).toBe(1);
  });
});

describe("a request that is aborted while it waits", () => {
  test("for its turn is never sent, and its unit is another's", async () => {
    const requests = new Requests(shareOf(8, { concurrency: 2 }));
    const impatient = new AbortController();
    requests.add(4, { signal: impatient.signal });
    requests.add(4);
    await pass(500);
    impatient.abort();
    // Before a unit could come back from anything that was sent, the four that are left have used the four there are.
    await pass(20_000);
    expect(requests.order).toEqual([4, 5, 6, 7]);
    expect(requests.rejected).toBe(4);
    requests.add(20);
    await pass(20_000);
    expect(requests.sent).toBe(24);
    expect(requests.busiestSecond()).toBe(4);
  });

  test("for the end of a pause is never sent, and its unit is another's", async () => {
    const requests = new Requests(shareOf(8, { concurrency: 2 }));
    await pass(2000);
    requests.limiter.pause(30_000);
    const impatient = new AbortController();
    requests.add(4, { signal: impatient.signal });
    await pass(5000);
    impatient.abort();
    await pass(100);
    expect(requests.rejected).toBe(4);
    requests.add(12);
    await pass(60_000);
    expect(requests.order).toEqual(Array.from({ length: 12 }, (_, index) => 4 + index));
    expect(requests.busiestSecond()).toBe(4);
  });

  test("does not have to wait for its turn to be told so", async () => {
    const requests = new Requests(shareOf(2, { concurrency: 2 }));
    const impatient = new AbortController();
    requests.add(40, { signal: impatient.signal });
    await pass(500);
    impatient.abort();
    await pass(100);
    expect(requests.rejected).toBe(40);
  });

  test("takes no turn from those that come after it", async () => {
    const requests = new Requests(shareOf(2, { concurrency: 2 }));
    const impatient = new AbortController();
    await pass(2000);
    requests.add(40, { signal: impatient.signal });
    await pass(100);
    impatient.abort();
    const before = requests.sent;
    requests.add(3);
    await pass(5000);
    expect(requests.sent - before).toBe(3);
  });

  test("may have been aborted before it came", async () => {
    const requests = new Requests(shareOf(8, { concurrency: 2 }));
    requests.add(8, { signal: AbortSignal.abort() });
    await pass(20_000);
    expect(requests.sent).toBe(0);
    expect(requests.rejected).toBe(8);
  });

  test("is told its signal's reason", async () => {
    const requests = new Requests(shareOf(8, { concurrency: 2 }));
    const reason = new Error("the lote is over");
    const send = () => Promise.resolve("sent");
    const outcome = expect(requests.limiter.schedule(send, AbortSignal.abort(reason))).rejects.toBe(reason);
    await pass(2000);
    await outcome;
  });

  test("does not concern one that is under way: its sender has the same signal", async () => {
    const requests = new Requests(shareOf(8, { concurrency: 2 }), () => 1000);
    const late = new AbortController();
    requests.add(1, { signal: late.signal });
    await pass(1500);
    late.abort();
    await pass(2000);
    expect(requests.sent).toBe(1);
    expect(requests.rejected).toBe(0);
  });
});
