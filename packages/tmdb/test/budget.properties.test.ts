import { between, seeded } from "@lotes/core/testing/random";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { shareOf } from "../src/request-limiter.ts";
import { Slots } from "./support/slots.ts";
import { pass, useRealTime, useVirtualTime } from "./support/virtual-time.ts";

beforeEach(useVirtualTime);
afterEach(useRealTime);

const BUDGET = 40;

/** Invocations that come and go anyhow, on any path, in any process, through freezes, kills and steps of the wall clock. */
async function anything(seed: number): Promise<Slots> {
  const random = seeded(seed);
  const pick = (...numbers: number[]) => numbers[between(random, 0, numbers.length - 1)] as number;
  const concurrency = pick(2, 2, 3, 5);
  const slots = new Slots({
    random,
    concurrency,
    share: shareOf(BUDGET, { concurrency, reuseHours: pick(0, 24) }),
    way: { least: pick(0, 10, 100), jitter: pick(0, 0, 30, 100, 250) },
    back: { least: pick(1, 20, 80), jitter: pick(0, 0, 60) },
    lost: pick(0, 0, 0.03),
    next: (idle) => (random() < 0.1 ? undefined : between(random, 0, idle)),
  });
  for (let step = 0; step < 40; step++) {
    slots.begin(between(random, 0, 40));
    const fate = random();
    if (fate < 0.03) slots.kill();
    else if (fate < 0.06) slots.freeze(between(random, 1, 3000));
    else if (fate < 0.09) vi.setSystemTime(Date.now() + between(random, -20_000, 20_000));
    await pass(between(random, 0, 300));
  }
  await pass(60_000);
  return slots;
}

test.each(Array.from({ length: 10 }, (_, seed) => seed))(
  "no second at the server holds more than the budget, whatever happens (seed %i)",
  async (seed) => {
    const slots = await anything(seed);
    expect(slots.running).toBe(0);
    expect(slots.busiestSecond()).toBeLessThanOrEqual(BUDGET);
  },
);

interface Use {
  readonly environments: number;
  readonly concurrency: number;
  readonly jitter: number;
  readonly least: number;
}

/** @returns the part of the budget that lotes of a hundred use which follow each other, always in the process that is idle longest */
async function used({ environments, concurrency, jitter }: Use): Promise<number> {
  let created = 0;
  const slots = new Slots({
    random: seeded(5),
    concurrency,
    share: shareOf(BUDGET, { concurrency }),
    way: { least: 20, jitter },
    back: { least: 40, jitter: 0 },
    next: () => (created++ < environments ? undefined : 0),
  });
  const began = performance.now();
  const passed = () => performance.now() - began;
  // All processes are there by then, and know their path.
  const from = 20_000;
  const measured = 25_000;
  while (passed() < from + measured) {
    while (slots.running < concurrency) slots.begin(100);
    await pass(10);
  }
  expect(slots.busiestSecond()).toBeLessThanOrEqual(BUDGET);
  return slots.arrivals.filter((at) => at >= began + from).length / (measured / 1000) / BUDGET;
}

test.each<Use>([
  { environments: 2, concurrency: 2, jitter: 0, least: 0.98 },
  { environments: 5, concurrency: 2, jitter: 0, least: 0.97 },
  { environments: 3, concurrency: 2, jitter: 100, least: 0.9 },
])(
  "$least of the budget is used by $environments environments, $concurrency at once, with $jitter ms of jitter",
  async (use) => {
    expect(await used(use)).toBeGreaterThanOrEqual(use.least);
  },
);
