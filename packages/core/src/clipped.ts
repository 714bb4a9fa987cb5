import { hash } from "node:crypto";

const HASH_DIGITS = 16;

/**
 * A text of at most so many characters. One that is cut says how long it was, and by a hash is still told from every other.
 * @param most at least 60
 */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const digits = hash("sha256", text).slice(0, HASH_DIGITS);
  const end = `… (${text.length} characters, SHA-256 ${digits}…)`;
  return text.slice(0, most - end.length).toWellFormed() + end;
}
