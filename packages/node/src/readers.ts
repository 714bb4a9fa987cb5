import { EventEmitter } from "node:events";

/** What a shell reports of a program that SIGPIPE ended: 128 and the signal's number. */
export const READER_GONE = 141;

/** Tells (`gone`) that whoever read the output has closed it. A command that must first put something in order listens. */
export const readers = new EventEmitter<{ gone: [] }>();

interface Outputs {
  readonly stdout: NodeJS.EventEmitter;
  readonly stderr: NodeJS.EventEmitter & Pick<NodeJS.WritableStream, "write">;
  exit(code: number): void;
}

/**
 * Ends the command quietly, with 141 as SIGPIPE does, when stdout or stderr is closed early, such as by `head`. Node ignores SIGPIPE and
 * reports an error on the stream instead, which would end in a stack.
 * @param command its name, which any other trouble with its output is told under
 */
export function endWithReaders(command: string, { stdout, stderr, exit }: Outputs = process): void {
  const gone = () => {
    if (!readers.emit("gone")) exit(READER_GONE);
  };
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return gone();
    stderr.write(`${command}: the output can't be written: ${error.message}\n`);
    exit(1);
  });
  stderr.on("error", (error: NodeJS.ErrnoException) => {
    // Another error of stderr, such as a full disk, can't be reported anywhere. The command's result does not depend on it.
    if (error.code === "EPIPE") gone();
  });
}
