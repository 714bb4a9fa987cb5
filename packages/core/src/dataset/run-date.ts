/** `yyyy/mm/dd`, zero-padded: the part of every key that tells one drop of the CSV from another. */
export type RunDate = string;

/** Whether the text is a day of the calendar written `yyyy/mm/dd`. */
export function isRunDate(text: string): boolean {
  if (!/^\d{4}\/\d{2}\/\d{2}$/.test(text)) return false;
  const day = new Date(`${text.replaceAll("/", "-")}T00:00:00Z`);
  // 2026/02/30 parses as 2 March in some engines and as nothing in others: it is no day in either case.
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.replaceAll("/", "-");
}

/** The day of an instant in UTC, as S3 and SQS tell time. */
export function utcDate(instant: Date): RunDate {
  return instant.toISOString().slice(0, 10).replaceAll("-", "/");
}
