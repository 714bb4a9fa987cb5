import type { RunDate } from "@lotes/core";

/** The day on this machine's calendar. */
export function today(now = new Date()): RunDate {
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return [now.getFullYear(), twoDigits(now.getMonth() + 1), twoDigits(now.getDate())].join("/");
}
