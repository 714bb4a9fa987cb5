import type { StoredObject } from "../ports.ts";

/** The run a file belongs to, without reading the rest of it. */
export function runOf(object: Pick<StoredObject, "metadata">): string | undefined {
  return object.metadata.run;
}

/** Whether a file names another run than this one, or, where none is in force, any. What is of no run, as other programs' messages, names none. */
export function isOfAnotherRun(object: Pick<StoredObject, "metadata">, run: string | undefined): boolean {
  const named = runOf(object);
  return named !== undefined && named !== run;
}
