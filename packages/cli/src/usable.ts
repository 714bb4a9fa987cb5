import { UnusableCsvError } from "@lotes/core";
import { UserError } from "./user-error.ts";

/** Does something with a CSV, and says in one line which file it was when it can't be used. */
export async function usable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnusableCsvError) {
      throw new UserError(`${path} can't be used: ${error.message}`, { code: "csv_unusable", cause: error });
    }
    throw error;
  }
}
