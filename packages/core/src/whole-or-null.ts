/** A status as it can be written and read again; null for what is no whole number. */
export function wholeOrNull(status: number | null): number | null {
  // JSON knows no negative zero.
  return status !== null && Number.isSafeInteger(status) ? status + 0 : null;
}
