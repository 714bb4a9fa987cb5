import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ProcessTime } from "../src/process-time.ts";

let happened: string[];
const happens = (what: string) => () => happened.push(what);
beforeEach(() => {
  happened = [];
  vi.useFakeTimers({ now: Date.parse("2026-11-23T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the timers of a process", () => {
  test("stand still while it is frozen, and go off in their order when it thaws, but for those that are cleared by then", () => {
    const time = new ProcessTime(
      () => 0,
      () => performance.now(),
    );
    const { setTimeout, clearTimeout } = time.timers;
    setTimeout(happens("10"), 10);
    const cleared = setTimeout(happens("20"), 20);
    setTimeout(happens("30"), 30);
    setTimeout(happens("500"), 500);

    time.freeze();
    vi.advanceTimersByTime(100);
    expect(happened).toEqual([]);
    clearTimeout(cleared);
    time.thaw();
    vi.advanceTimersByTime(1);
    expect(happened).toEqual(["10", "30"]);
    vi.advanceTimersByTime(400);
    expect(happened).toEqual(["10", "30", "500"]);
  });

  test("never go off once it is dead", () => {
    const time = new ProcessTime(
      () => 0,
      () => performance.now(),
    );
    time.timers.setTimeout(happens("timeout"), 10);
    time.timers.setInterval(happens("interval"), 10);
    time.timers.setImmediate(happens("immediate"));
    time.end();
    // What is immediate is not worth cancelling.
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(happened).toEqual([]);
  });
});

test("a frozen process hears of the world when it thaws, and is not charged for the time", () => {
  const time = new ProcessTime(
    () => 0,
    () => performance.now(),
  );
  const began = time.awakeMs;
  const hear = time.awake(happens("heard"));
  vi.advanceTimersByTime(10);
  time.freeze();
  vi.advanceTimersByTime(1_000);
  hear();
  expect(happened).toEqual([]);
  time.thaw();
  vi.advanceTimersByTime(5);
  expect(happened).toEqual(["heard"]);
  expect(time.awakeMs - began).toBe(15);
});

test("a wall clock that steps is ahead of the true one, for whatever it is asked, and leaves given dates alone", () => {
  let aheadMs = 3_600_000;
  const { Date: Stepping } = new ProcessTime(() => aheadMs);
  expect(new Stepping().toISOString()).toBe("2026-11-23T13:00:00.000Z");
  aheadMs = -10_000;
  expect(Stepping.now()).toBe(Date.now() - 10_000);
  expect(new Stepping(0).getTime()).toBe(0);
  expect(new Stepping(2026, 10, 23).getTime()).toBe(new Date(2026, 10, 23).getTime());
  expect(new Date() instanceof Stepping).toBe(true);
});
