import { seeded } from "@lotes/core/testing/random";
import { expect, test } from "vitest";
import { ShortestRoundTrip } from "../src/shortest-round-trip.ts";

function after(...roundTrips: readonly number[]): number {
  const seen = new ShortestRoundTrip();
  for (const ms of roundTrips) seen.add(ms);
  return seen.bound;
}

const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);

test("nothing is taken for known after a few round trips", () => {
  expect(after()).toBe(0);
  expect(after(...times(19, 80))).toBe(0);
  expect(after(...times(20, 80))).toBe(80);
});

test("a shorter round trip counts at once", () => {
  expect(after(...times(500, 80), 30)).toBeLessThanOrEqual(30);
});

test("what is even between two bounds is hardly ever overrated, and not much underrated for long", () => {
  const random = seeded(11);
  let highest = 0;
  for (let round = 0; round < 200; round++) {
    const seen = new ShortestRoundTrip();
    for (let nth = 1; nth <= 1500; nth++) {
      seen.add(60 + random() * 250);
      highest = Math.max(highest, seen.bound);
    }
    expect(seen.bound).toBeGreaterThan(55);
  }
  // The limiter's second has 5 ms to spare.
  expect(highest).toBeLessThan(65);
});

test("a path that has become longer for good is believed after two thousand round trips", () => {
  expect(after(...times(1000, 80), ...times(999, 200))).toBeLessThanOrEqual(80);
  expect(after(...times(1000, 80), ...times(2000, 200))).toBe(200);
});

test("one answer that took for ever does not cost the bound for long", () => {
  expect(after(...times(400, 80), 5000)).toBeGreaterThan(78);
});
