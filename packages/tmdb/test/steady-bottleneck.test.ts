import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { shareOf } from "../src/request-limiter.ts";
import { SteadyBottleneck } from "../src/steady-bottleneck.ts";
import { Requests } from "./support/requests.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

beforeEach(useVirtualTime);
afterEach(useRealTime);

describe.each([
  ["back by ten seconds", -10_000],
  ["forward by ten seconds", 10_000],
  ["back by a day", -86_400_000],
])("a step of the wall clock %s", (_, step) => {
  test("changes nothing about when requests leave", async () => {
    const sentWith = async (stepAt: (ms: number) => void) => {
      const requests = new Requests(shareOf(40, { concurrency: 2 }), () => 60);
      const times: number[] = [];
      const began = performance.now();
      requests.add(60);
      for (let ms = 0; ms < 5_000; ms += 50) {
        stepAt(ms);
        await pass(50);
        while (times.length < requests.sent) times.push(performance.now() - began);
      }
      return times;
    };
    const steady = await sentWith(() => {});
    const stepped = await sentWith((ms) => {
      if (ms === 1_500) vi.setSystemTime(Date.now() + step);
    });
    expect(steady).toHaveLength(60);
    expect(stepped).toEqual(steady);
  });

  test("leaves Bottleneck its distance between two jobs", async () => {
    const bottleneck = new SteadyBottleneck({ minTime: 100 });
    const times: number[] = [];
    const began = performance.now();
    for (let nth = 0; nth < 10; nth++) void bottleneck.schedule(async () => times.push(performance.now() - began));
    await pass(450);
    vi.setSystemTime(Date.now() + step);
    // Those that had their turn before the step, too.
    for (let nth = 0; nth < 10; nth++) void bottleneck.schedule(async () => times.push(performance.now() - began));
    await pass(2_000);
    const distances = times.slice(1).map((time, nth) => time - (times[nth] ?? 0));
    expect(times).toHaveLength(20);
    expect(distances.every((distance) => distance >= 99 && distance <= 102)).toBe(true);
  });
});
