import { getSystemErrorMessage } from "node:util";

/** Why the operating system refused something: its words and its code, such as `no space left on device (ENOSPC)`. */
export function systemReason(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  return typeof errno === "number" && code ? `${getSystemErrorMessage(errno)} (${code})` : message;
}
