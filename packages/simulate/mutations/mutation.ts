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
