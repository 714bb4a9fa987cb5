/** A number as it can be written and read again; null for what is no whole number within 2^53. */
export function wholeOrNull(value: number | null): number | null {
  // JSON knows no negative zero.
  return value !== null && Number.isSafeInteger(value) ? value + 0 : null;
}
