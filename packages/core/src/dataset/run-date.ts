/** `yyyy/mm/dd`, zero-padded: the part of every key that tells one drop of the CSV from another. */
export type RunDate = string;

/** Whether the text is a day of the calendar written `yyyy/mm/dd`. */
export function isRunDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})\/(\d{2})\/(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  // 2026-02-30 parses as 2 March in some engines and as nothing in others: it is no day in either case.
  return new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day);
}

/** The day of an instant in UTC, as S3 and SQS tell time. */
export function utcDate(instant: Date): RunDate {
  return instant.toISOString().slice(0, 10).replaceAll("-", "/");
}
