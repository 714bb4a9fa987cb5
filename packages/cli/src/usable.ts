import { UnusableCsvError } from "@lotes/core";
import { UserError } from "./user-error.ts";

/** Does something with a CSV, and says in one line which file it was when it can't be used. */
export async function usable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof UnusableCsvError ? unusable(path, error.message, error) : error;
  }
}

/** @param reason why the producer would reject the CSV */
export function unusable(path: string, reason: string, cause?: Error): UserError {
  return new UserError(`${path} can't be used: ${reason}`, { code: "csv_unusable", cause });
}
