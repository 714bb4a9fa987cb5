import { $ZodError, toDotPath } from "zod/v4/core";

/** A file of the data lake holds something that this program does not write: somebody has edited it. The message says what to do. */
export abstract class EditedFileError extends Error {
  override readonly name: string = "EditedFileError";
}

/** Which field of a JSON file is not as it should be, in words for its error; none when the whole is something else, or no JSON. */
export function oddField(error: unknown): string {
  const path = (error instanceof $ZodError && error.issues[0]?.path) || [];
  return path.length > 0 ? ` (see its ${toDotPath(path)})` : "";
}
