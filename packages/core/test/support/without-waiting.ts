import { onTestFinished, vi } from "vitest";

/**
 * What waits for a time to be over goes on at once, until the test ends.
 * @param now what the clock shows by then, if it is to stand still otherwise
 */
export function withoutWaiting(now?: Date): void {
  const clock = now === undefined ? [] : (["Date"] as const);
  const waits = ["setTimeout", "clearTimeout"] as const;
  const timers = vi.useFakeTimers({ fakeNodeBuiltins: true, toFake: [...waits, ...clock], ...(now && { now }) });
  timers.setTimerTickMode("nextTimerAsync");
  onTestFinished(() => void vi.useRealTimers());
}
