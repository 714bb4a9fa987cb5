import { AsyncLocalStorage } from "node:async_hooks";
import { vi } from "vitest";
import { program, runCommand } from "../../src/program.ts";
import type { CliResult } from "./cli.ts";

/** What a command has written so far. */
export interface Written {
  stdout: string;
  stderr: string;
}

const writing = new AsyncLocalStorage<Written>();

/** Runs a command in this process, as `lotes` does in one of its own. */
export function lotesHere(...args: string[]): Promise<CliResult> {
  return lotesWriting({ stdout: "", stderr: "" }, ...args);
}

/**
 * The same, where what it writes is looked at before it ends.
 * @param written to which it is added; several commands may write at a time, each to its own
 */
export async function lotesWriting(written: Written, ...args: string[]): Promise<CliResult> {
  const restore = [captured("stdout"), captured("stderr")];
  try {
    process.exitCode = (await writing.run(written, () => runCommand(program(), args))) ?? process.exitCode;
  } finally {
    for (const each of restore) each();
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, ...written };
}

const capturing = { stdout: 0, stderr: 0 };
const truly = { stdout: process.stdout.write, stderr: process.stderr.write };

/** Each command gets what it writes. What nobody writes, such as a test's own words, goes where it always does. */
function captured(name: "stdout" | "stderr"): () => void {
  const stream = process[name];
  capturing[name]++;
  const write = ((...args: Parameters<typeof stream.write>) => {
    const written = writing.getStore();
    if (written === undefined) return truly[name].apply(stream, args);
    written[name] += String(args[0]);
    return true;
  }) as typeof stream.write;
  vi.spyOn(stream, "write").mockImplementation(write);
  return () => {
    if (--capturing[name] === 0) vi.mocked(stream.write).mockRestore();
  };
}
