/** A file of the data lake holds something that this program does not write: somebody has edited it. The message says what to do. */
export abstract class EditedFileError extends Error {
  override readonly name: string = "EditedFileError";
}
