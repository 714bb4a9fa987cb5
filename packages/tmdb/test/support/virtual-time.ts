import { vi } from "vitest";

/** Time passes only when the test says so, and then exactly, however busy the machine is; for `node:timers/promises` as well. */
export function useVirtualTime(): void {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23), fakeNodeBuiltins: true });
}

export function useRealTime(): void {
  vi.useRealTimers();
}

/** Lets the time pass, and everything happen that happens meanwhile. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
