/** The data directory can't be worked on. The message is one line for the operator. */
export class DataDirError extends Error {
  override readonly name: string = "DataDirError";
}

/** Another process works on the data directory. */
export class DataDirInUseError extends DataDirError {
  override readonly name = "DataDirInUseError";
}
