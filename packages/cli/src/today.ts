import { type RunDate, utcDate } from "@lotes/core/dataset/run-date";

/** Today in UTC: S3, SQS and EventBridge tell time so, and every machine has the same day. The only place that takes a date from a clock. */
export function today(now = new Date()): RunDate {
  return utcDate(now);
}
