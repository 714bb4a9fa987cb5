/** What in a file of `packages` is to be replaced by what. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The pipeline broken on purpose. */
export interface Mutation {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/**
 * @param source what the file of the edit holds
 * @returns what it is to hold instead
 * @throws Error when the file has changed since the edit was written
 */
export function edited({ file, from, to }: Edit, source: string): string {
  if (source.split(from).length !== 2) throw new Error(`${file} has changed: it does not hold once: ${from}`);
  return source.replace(from, () => to);
}
