/** Another program listens on the port. The message is one line for the operator. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";

  /** What to throw in place of what listening on 127.0.0.1 failed with: this, if that was why, else the cause itself. */
  static from(cause: unknown, port: number): unknown {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) return cause;
    return new PortInUseError(
      `port ${port} of 127.0.0.1 is in use: stop the program that listens on it, or give another port`,
      {
        cause,
      },
    );
  }
}
