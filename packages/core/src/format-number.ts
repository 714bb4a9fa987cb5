/** `1234567` as `1,234,567`. `toLocaleString` takes longer for the first number than a request to the local stack. */
export function formatNumber(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
