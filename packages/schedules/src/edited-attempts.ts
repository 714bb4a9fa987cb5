/**
 * The body of a message as an operator's own tool leaves it, which writes what it likes and may edit a message that it has edited before.
 * @param attempts takes the place of the number of this name; undefined leaves it
 */
export function withAttempts(body: string, attempts: string | undefined): string {
  return attempts === undefined ? body : body.replace(/"attempts":[^,}]+/, `"attempts":${attempts}`);
}
